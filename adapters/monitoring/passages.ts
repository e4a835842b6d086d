import { deflateRawSync } from 'node:zlib';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Lane } from '../../domain/aggregates/lane.ts';
import { packLane } from '../../domain/aggregates/packed.ts';
import { laneExpiry } from '../../domain/aggregates/time.ts';
import type { Passage } from '../../domain/drift/passage.ts';
import { env } from '../aws/env.ts';
import { table } from '../aws/table.ts';
import { type Item, transact } from '../aws/transact.ts';
import { at, v } from '../items.ts';

const Stored = z.object({
  n: z.int(),
  after: z.string(),
  until: z.int(),
  done: z.boolean(),
  left_out: z.int(),
});

export async function get(deploymentId: string): Promise<Passage | undefined> {
  const { Item } = await table.send(
    new GetCommand({
      TableName: env('AGGREGATES_TABLE'),
      Key: at.passage(deploymentId),
      ConsistentRead: true,
    }),
  );
  return Item && Stored.parse(Item);
}

/**
 * What a step counted and how far it came, in one transaction. False: another one has made that step. It never
 * expires, for without it the same rows would be counted again.
 */
export const save = (deploymentId: string, passage: Passage, lanes: readonly Lane[]): Promise<boolean> =>
  transact(`${deploymentId}#${passage.n}`, [
    put(
      { ...at.passage(deploymentId), v, ...passage },
      passage.n === 1 ? undefined : { name: 'n', value: passage.n - 1 },
    ),
    ...lanes.map((lane) => put(laneItem(deploymentId, lane, passage.n))),
  ]);

function laneItem(deploymentId: string, lane: Lane, step: number) {
  const { last, items, n, seen, z } = packLane(lane);
  const key = at.passedLane(deploymentId, lane.start, step);
  return { ...key, v, last, items, n, seen, z: deflateRawSync(z), exp: laneExpiry(lane.start) };
}

/** A new item, or the next one where the one before still is what was read. */
const put = (Item: Record<string, unknown>, read?: { name: string; value: number }): Item => ({
  Put: {
    TableName: env('AGGREGATES_TABLE'),
    Item,
    ...(read
      ? {
          ConditionExpression: '#read = :read',
          ExpressionAttributeNames: { '#read': read.name },
          ExpressionAttributeValues: { ':read': read.value },
        }
      : { ConditionExpression: 'attribute_not_exists(pk)' }),
  },
});
