import type { EventBridgeEvent } from 'aws-lambda';
import { ingest } from '../../adapters/spool.ts';

/** Write a log that could not be written at once, under the key that it was to have. */
export const handler = async ({
  detail,
}: EventBridgeEvent<string, { object: { key: string } }>): Promise<void> => {
  await ingest(detail.object.key);
};
