import * as z from 'zod';
import { Id } from '../../domain/fields.ts';
import { align } from '../kit/live/concurrency.ts';

/** Of an event no more than whom it is about: the deployment that changed, and the one that was in production. */
const Event = z.object({ detail: z.object({ dep: Id, prev: Id.nullish() }) });

/** Keep as many functions started as the active deployments ask for. Also by hand, with such an event. */
export const handler = async (event: unknown): Promise<void> => {
  const { dep, prev } = Event.parse(event).detail;
  await align(prev ? [dep, prev] : [dep]);
};
