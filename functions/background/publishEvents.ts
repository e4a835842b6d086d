import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { type Attributes, plainItem } from '../../adapters/aws/attributes.ts';
import { publish } from '../../adapters/aws/events.ts';
import { announced } from '../../domain/event.ts';

/** Put the outbox on the event bus. What the bus refuses comes again with everything after it. */
export const handler = async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  const found = Records.flatMap(({ dynamodb }) => {
    const event = announced(plainItem((dynamodb?.NewImage ?? {}) as Attributes));
    return event ? [{ event, sequence: dynamodb?.SequenceNumber ?? '' }] : [];
  });
  const refused = await publish(found.map(({ event }) => event));
  const first = found.find(({ event }) => refused.has(event.id));
  return { batchItemFailures: first ? [{ itemIdentifier: first.sequence }] : [] };
};
