import type { EventBridgeEvent } from 'aws-lambda';
import { ingestLeftovers, ingestOne } from '../kit/inference/ingest.ts';

/** Write a log that could not be written at once; without the name of one, all that still wait for it. */
export const handler = async ({
  detail,
}: Partial<EventBridgeEvent<string, { object?: { key: string } }>>): Promise<void> => {
  const key = detail?.object?.key;
  if (key === undefined) await ingestLeftovers(Date.now());
  else await ingestOne(key, Date.now());
};
