import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { count } from '../kit/aggregates/batch.ts';

/** Count new logs, each exactly once however often it is told of. What failed comes again with everything after it. */
export const handler = async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  const first = await count(Records, Date.now());
  const failed = first === undefined ? undefined : Records[first]?.dynamodb?.SequenceNumber;
  return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed }] };
};
