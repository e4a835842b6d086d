import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { day } from '../../domain/aggregates/time.ts';
import { merge, type Sums } from '../../domain/quality/sums.ts';
import { env } from '../aws/env.ts';
import { client } from '../aws/table.ts';
import { at } from '../items.ts';

/** A month of hours is a few pages of an answer: months are read beside each other. */
const stretch = 31 * day;
const besides = ['pk', 'sk', 'v', 'exp'];

/** What the labels of these hours add up to, those that begin from `since` to before `until`, in epoch milliseconds. */
export async function sumsIn(id: string, since: number, until: number): Promise<Sums> {
  const starts = Array.from(
    { length: Math.max(0, Math.ceil((until - since) / stretch)) },
    (_, i) => since + i * stretch,
  );
  return merge(
    (await Promise.all(starts.map((from) => hours(id, from, Math.min(from + stretch, until) - 1)))).flat(),
  );
}

/** By the client that gives numbers as texts: those of sums have more digits than ours hold. */
async function hours(id: string, from: number, to: number): Promise<Sums[]> {
  const [{ pk, sk: first }, { sk: last }] = [at.labels(id, from), at.labels(id, to)];
  const all: Sums[] = [];
  let ExclusiveStartKey: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const page: QueryCommandOutput = await client.send(
      new QueryCommand({
        TableName: env('AGGREGATES_TABLE'),
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':first': { S: first }, ':last': { S: last } },
        ExclusiveStartKey,
      }),
    );
    for (const item of page.Items ?? [])
      all.push(
        new Map(
          Object.entries(item)
            .filter(([name]) => !besides.includes(name))
            .map(([name, { N = '0' }]) => [name, BigInt(N)]),
        ),
      );
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return all;
}
