import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { env } from '../aws/env.ts';
import { table } from '../aws/table.ts';
import { at, v } from '../items.ts';

const TableName = () => env('AGGREGATES_TABLE');

/** Behind which target the last run stopped; empty where it came to the end. */
export async function get(): Promise<string> {
  const { Item } = await table.send(
    new GetCommand({ TableName: TableName(), Key: at.alertTurn(), ConsistentRead: true }),
  );
  return String(Item?.after ?? '');
}

/** It is no more than where to begin: whichever of two is written last is as good as the other. */
export async function put(after: string): Promise<void> {
  await table.send(new PutCommand({ TableName: TableName(), Item: { ...at.alertTurn(), v, after } }));
}
