import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { env } from './env.ts';
import { table } from './table.ts';

type Found = Record<string, unknown>;

/** What a strongly consistent Query finds, page by page, until it ends or has found so many. */
export async function found(
  input: Omit<QueryCommandInput, 'ConsistentRead'>,
  most = Number.POSITIVE_INFINITY,
): Promise<Found[]> {
  const items: Found[] = [];
  let ExclusiveStartKey: Found | undefined;
  do {
    const page = await table.send(new QueryCommand({ ...input, ConsistentRead: true, ExclusiveStartKey }));
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey && items.length < most);
  return items;
}

/** How many items a partition holds. */
export async function counted(TableName: string, pk: string): Promise<number> {
  let [count, ExclusiveStartKey]: [number, Found | undefined] = [0, undefined];
  do {
    const page: { Count?: number; LastEvaluatedKey?: Found } = await table.send(
      new QueryCommand({
        TableName,
        ConsistentRead: true,
        Select: 'COUNT',
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ExclusiveStartKey,
      }),
    );
    count += page.Count ?? 0;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return count;
}

type Key = { pk: string; sk: string };

/** The aggregates from one key to another of the same partition, both inclusive. */
export const between = (from: Key, to: Key): Promise<Found[]> =>
  from.sk > to.sk
    ? Promise.resolve([])
    : found({
        TableName: env('AGGREGATES_TABLE'),
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': from.pk, ':from': from.sk, ':to': to.sk },
      });

/** The aggregates whose keys begin so. */
export const beginning = ({ pk, sk }: Key): Promise<Found[]> =>
  found({
    TableName: env('AGGREGATES_TABLE'),
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :begin)',
    ExpressionAttributeValues: { ':pk': pk, ':begin': sk },
  });
