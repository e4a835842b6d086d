import * as z from 'zod';
import { Id } from '../../domain/fields.ts';
import { align } from '../kit/batch/align.ts';
import { beginFirstRun } from '../kit/batch/firstRun.ts';

/** Of an event no more than whom it is about: what is true is read. */
const Event = z.object({ detail: z.object({ dep: Id }) });

/**
 * Make the schedule of a batch deployment follow what became of it, and start the run that it was created with where the
 * create could not. Also by hand, with such an event.
 */
export const handler = async (event: unknown): Promise<void> => {
  const deployment = await align(Event.parse(event).detail.dep);
  if (deployment) await beginFirstRun(deployment);
};
