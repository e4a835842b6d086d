import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { limits } from './limits.ts';

export const client = new DynamoDBClient(limits());

export const table = DynamoDBDocumentClient.from(client, {
  marshallOptions: { removeUndefinedValues: true },
});

/** Transactions are repeated by the loop that decides anew, never underneath it. */
export const once = DynamoDBDocumentClient.from(new DynamoDBClient({ ...limits(), maxAttempts: 1 }), {
  marshallOptions: { removeUndefinedValues: true },
});
