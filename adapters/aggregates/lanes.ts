import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { emptyLane, type Lane } from '../../domain/aggregates/lane.ts';
import { packLane, unpackLane } from '../../domain/aggregates/packed.ts';
import type { LaneOf } from '../../domain/aggregates/requests.ts';
import { type Stored, standing } from '../../domain/aggregates/rest.ts';
import { laneExpiry } from '../../domain/aggregates/time.ts';
import { hourOf } from '../../domain/log.ts';
import { taken } from '../aws/conditional.ts';
import { env } from '../aws/env.ts';
import { beginning } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { at, timeIn, v } from '../items.ts';

/** Where a lane lies: `shard` is the label of the one that feeds it, `start` epoch milliseconds. */
export interface LaneKey {
  deploymentId: string;
  start: number;
  shard: string;
}

/** How the key of a rest ends. */
const rests = 'Q';
const most = 4 * 1024 * 1024;
const keyOf = ({ deploymentId, start, shard }: LaneKey) => at.lane(deploymentId, start, shard);

/** A lane as it is now; empty where nothing has been folded. */
export async function get(key: LaneKey): Promise<Lane> {
  const { Item } = await table.send(
    new GetCommand({ TableName: env('AGGREGATES_TABLE'), Key: keyOf(key), ConsistentRead: true }),
  );
  return Item ? laneOf(Item, key.start) : emptyLane(key.start);
}

/** Write a lane, if nobody has written it since it was read with this `last`. */
export function save(key: LaneKey, lane: Lane, read: Lane): Promise<boolean> {
  const { last, items, n, seen, z } = packLane(lane);
  const values = { v, last, items, n, seen, z: deflateRawSync(z), exp: laneExpiry(key.start) };
  const names = Object.keys(values);
  return taken(
    table.send(
      new UpdateCommand({
        TableName: env('AGGREGATES_TABLE'),
        Key: keyOf(key),
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: read.last === '' ? 'attribute_not_exists(pk)' : '#last = :read',
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: {
          ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
          ...(read.last !== '' && { ':read': read.last }),
        },
      }),
    ),
  );
}

/**
 * Write what a lane has not folded, beside it: whatever is there says less. Should the lane have folded more since
 * this was made, nobody takes it for anything (`standing`), so no condition is needed.
 */
export async function saveRest(key: LaneKey, rest: Lane): Promise<void> {
  const { last, items, n, seen, z } = packLane(rest);
  const values = { v, last, items, n, seen, z: deflateRawSync(z), exp: laneExpiry(key.start) };
  await table.send(
    new PutCommand({
      TableName: env('AGGREGATES_TABLE'),
      Item: { ...keyOf({ ...key, shard: `${key.shard}#${rests}` }), ...values },
    }),
  );
}

/** All lanes of an hour that count, of every shard. */
export const inHour = async (deploymentId: string, hour: number): Promise<LaneOf[]> =>
  standing(await storedIn(deploymentId, hour));

/** All lanes of an hour as they are stored, with the rests that count and those that do not. */
export async function storedIn(deploymentId: string, hour: number): Promise<Stored[]> {
  const items = await beginning({ pk: at.lane(deploymentId, hour, '').pk, sk: hourOf(hour) });
  return items.map((item) => {
    const [slot = '', shard = '', kind] = String(item.sk).split('#');
    const lane = laneOf(item, timeIn(slot));
    return { shard: Number.parseInt(shard, 10), lane, rest: kind === rests };
  });
}

function laneOf(item: Record<string, unknown>, start: number): Lane {
  const z = inflateRawSync(item.z as Uint8Array, { maxOutputLength: most });
  const { last, items, n, seen } = item;
  return unpackLane({ last: String(last), items: Number(items), n: Number(n), seen: Number(seen), z }, start);
}
