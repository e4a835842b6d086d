import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { day } from '../../domain/aggregates/time.ts';
import { merge, type Sums } from '../../domain/quality/sums.ts';
import { env } from '../aws/env.ts';
import { client } from '../aws/table.ts';
import { at, timeIn } from '../items.ts';

/** A month of hours is a few pages of an answer: months are read beside each other. */
const stretch = 31 * day;
const besides = ['pk', 'sk', 'v', 'exp'];

/** What the labels of these hours add up to, those that begin from `since` to before `until`, in epoch milliseconds. */
export async function sumsIn(id: string, since: number, until: number): Promise<Sums> {
  const starts = Array.from(
    { length: Math.max(0, Math.ceil((until - since) / stretch)) },
    (_, i) => since + i * stretch,
  );
  const parts = starts.map((from) => hoursIn(id, from, Math.min(from + stretch, until)));
  return merge((await Promise.all(parts)).flat().map(({ sums }) => sums));
}

/**
 * The hours with labels, those that begin from `since` to before `until`, in order; where `most` is given, it may stop
 * after so many. By the client that gives numbers as texts: those of sums have more digits than ours hold.
 */
export async function hoursIn(id: string, since: number, until: number, most?: number) {
  const [{ pk, sk: first }, { sk: last }] = [at.labels(id, since), at.labels(id, until - 1)];
  const all: { hour: number; sums: Sums }[] = [];
  let ExclusiveStartKey: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const page: QueryCommandOutput = await client.send(
      new QueryCommand({
        TableName: env('AGGREGATES_TABLE'),
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':first': { S: first }, ':last': { S: last } },
        Limit: most,
        ExclusiveStartKey,
      }),
    );
    for (const item of page.Items ?? [])
      all.push({ hour: timeIn(String(item.sk?.S).slice(2)), sums: sumsOf(item) });
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey && all.length < (most ?? Number.POSITIVE_INFINITY));
  return all;
}

const sumsOf = (item: Record<string, { N?: string }>): Sums =>
  new Map(
    Object.entries(item)
      .filter(([name]) => !besides.includes(name))
      .map(([name, { N = '0' }]) => [name, BigInt(N)]),
  );
