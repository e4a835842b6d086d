import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { bytesOf, integersOf } from '../../domain/aggregates/integers.ts';
import { day } from '../../domain/aggregates/time.ts';
import { type DriftPoint, pointOf, type StoredDrift } from '../../domain/drift/stored.ts';
import { taken } from '../aws/conditional.ts';
import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { at, v } from '../items.ts';

const most = 8 * 1024 * 1024;
const inflated = (bytes: unknown) => inflateRawSync(bytes as Uint8Array, { maxOutputLength: most });

/**
 * Keep a result in the place of the one before. False: a newer one is there. What was counted lies beside it as whole
 * numbers: with the baseline, which never changes, they are the bins, and so the item stays small whatever its features.
 */
export function put(deploymentId: string, { counts, ...result }: StoredDrift): Promise<boolean> {
  const computed = Date.parse(result.computed_at);
  return taken(
    table.send(
      new PutCommand({
        TableName: env('AGGREGATES_TABLE'),
        Item: {
          ...at.drift(deploymentId),
          v,
          computed,
          z: deflateRawSync(JSON.stringify(result)),
          b: deflateRawSync(bytesOf(counts.flatMap((part) => [part.length, ...part]))),
        },
        ConditionExpression: 'attribute_not_exists(pk) OR computed <= :computed',
        ExpressionAttributeValues: { ':computed': computed },
      }),
    ),
  );
}

/** The last result of a deployment. */
export async function get(deploymentId: string): Promise<StoredDrift | undefined> {
  const { Item } = await table.send(
    new GetCommand({
      TableName: env('AGGREGATES_TABLE'),
      Key: at.drift(deploymentId),
      ConsistentRead: true,
    }),
  );
  if (!Item) return undefined;
  const result = JSON.parse(inflated(Item.z).toString()) as Omit<StoredDrift, 'counts'>;
  return { ...result, counts: countsIn(integersOf(inflated(Item.b))) };
}

function countsIn(numbers: readonly number[]): number[][] {
  const counts: number[][] = [];
  for (let from = 0; from < numbers.length; ) {
    const to = from + 1 + (numbers[from] as number);
    counts.push(numbers.slice(from + 1, to));
    from = to;
  }
  return counts;
}

const historyKept = 90 * day;
/** A week of hours. */
const mostPoints = 168;

/** Keep what lines over time show of a result: of each hour the last one. */
export async function remember(deploymentId: string, stored: StoredDrift): Promise<void> {
  const computed = Date.parse(stored.computed_at);
  await table.send(
    new PutCommand({
      TableName: env('AGGREGATES_TABLE'),
      Item: {
        ...at.driftPoint(deploymentId, computed),
        v,
        z: deflateRawSync(JSON.stringify(pointOf(stored))),
        exp: Math.floor((computed + historyKept) / 1000),
      },
    }),
  );
}

/** The last results of the hours with one, oldest first. */
export async function history(deploymentId: string): Promise<DriftPoint[]> {
  const { pk } = at.drift(deploymentId);
  const input = {
    TableName: env('AGGREGATES_TABLE'),
    ScanIndexForward: false,
    Limit: mostPoints,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :hours)',
    ExpressionAttributeValues: { ':pk': pk, ':hours': 'H#' },
  };
  const items = await found(input, mostPoints);
  return items
    .slice(0, mostPoints)
    .map(({ z }) => JSON.parse(inflated(z).toString()) as DriftPoint)
    .reverse();
}
