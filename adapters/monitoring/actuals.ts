import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetCommand, NumberValue } from '@aws-sdk/lib-dynamodb';
import { day } from '../../domain/aggregates/time.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { partition } from '../../domain/log.ts';
import { busy } from '../../domain/problem.ts';
import type { Answered, Change } from '../../domain/quality/actuals.ts';
import type { Sums } from '../../domain/quality/sums.ts';
import { env } from '../aws/env.ts';
import { table } from '../aws/table.ts';
import { type Item, passing, put, transact } from '../aws/transact.ts';
import { at, v } from '../items.ts';
import { answeredOf, packActuals } from '../logs/logCodec.ts';
import { outboxItem, type Told } from '../outbox.ts';

/** A log as it was read: what is written to it must find it so. */
export interface Read {
  id: string;
  key: { pk: string; sk: string };
  /** How often its labels were written. */
  writes: number;
  answered: Answered;
}
export interface Labelled extends Read {
  change: Change;
}

const atOnce = 100;
const tries = 6;
/** As long as the days of charts. */
const daysKept = 400;
/** Of the 400 KB of an item: what remains is for the log itself. */
const mostBytes = 256 * 1024;

/**
 * The logs of these ids that answered, by id. An id says its hour and, for each number of shards there ever was, its
 * shard: nearly all are found by the number of today.
 */
export async function find(
  { id: deploymentId, log_shards }: Deployment,
  ids: readonly string[],
  now: number,
): Promise<Map<string, Read>> {
  const found = new Map<string, Read>();
  const asked = new Set<string>();
  for (let shards = log_shards; shards >= 1; shards /= 2) {
    const keys = ids
      .filter((id) => !found.has(id))
      .map((id) => ({ pk: partition(deploymentId, id, shards), sk: id }))
      .filter((key) => !asked.has(nameOf(key)));
    for (const key of keys) asked.add(nameOf(key));
    for (const read of await readAll(keys, now)) found.set(read.id, read);
  }
  return found;
}

const nameOf = ({ pk, sk }: Read['key']) => `${pk} ${sk}`;

async function readAll(keys: readonly Read['key'][], now: number): Promise<Read[]> {
  const all: Record<string, unknown>[] = [];
  for (let i = 0; i < keys.length; i += atOnce) all.push(...(await items(keys.slice(i, i + atOnce))));
  return all.flatMap((item) => {
    const answered = Number(item.exp) * 1000 > now ? answeredOf(item) : undefined;
    const [pk, sk] = [String(item.pk), String(item.sk)];
    return answered ? [{ id: sk, key: { pk, sk }, writes: Number(item.u ?? 0), answered }] : [];
  });
}

/** At most a hundred items, strongly consistent; what the table leaves out is asked for again. */
async function items(keys: readonly object[]): Promise<Record<string, unknown>[]> {
  const name = env('LOGS_TABLE');
  const all: Record<string, unknown>[] = [];
  let Keys = [...keys] as Record<string, unknown>[];
  for (let tried = 0; Keys.length > 0; tried++) {
    if (tried === tries) throw busy();
    if (tried > 0) await sleep(Math.random() * 50 * 2 ** tried);
    const { Responses, UnprocessedKeys } = await table.send(
      new BatchGetCommand({
        RequestItems: {
          [name]: {
            Keys,
            ConsistentRead: true,
            ProjectionExpression: 'pk, sk, s, p, c, a, u, #exp',
            ExpressionAttributeNames: { '#exp': 'exp' },
          },
        },
      }),
    );
    all.push(...(Responses?.[name] ?? []));
    Keys = UnprocessedKeys?.[name]?.Keys ?? [];
  }
  return all;
}

/** Whether there is room for the labels of a log beside it. */
export const fits = ({ change }: Labelled): boolean => packActuals(change.actuals).length <= mostBytes;

/** Write labels and what they add to the counters of their hours, all or nothing. False: something changed meanwhile. */
export const save = (
  { id, project_id }: Deployment,
  { logs, hours }: { logs: readonly Labelled[]; hours: ReadonlyMap<number, Sums> },
  told: Told,
): Promise<boolean> =>
  transact(told.id, [
    put({ ...outboxItem(project_id, told), logs: logs.length }),
    ...logs.map(labelled),
    ...[...hours].filter(([, sums]) => sums.size > 0).map(([hour, sums]) => counted(id, hour, sums)),
  ]).catch((error) => {
    // What was written after all is found written when it is read again.
    if (passing(error)) return false;
    throw error;
  });

const labelled = ({ key, writes, change }: Labelled): Item => ({
  Update: {
    TableName: env('LOGS_TABLE'),
    Key: key,
    UpdateExpression: 'SET a = :a, u = :next',
    // An item that has expired meanwhile must not come to life again.
    ConditionExpression:
      writes === 0 ? 'attribute_exists(pk) AND attribute_not_exists(u)' : 'attribute_exists(pk) AND u = :was',
    ExpressionAttributeValues: {
      ':a': packActuals(change.actuals),
      ':next': writes + 1,
      ...(writes > 0 && { ':was': writes }),
    },
  },
});

/** Counters are whole numbers of up to 38 digits: more than a number of ours has. */
function counted(id: string, hour: number, sums: Sums): Item {
  const counters = [...sums].map(([name, amount], i) => ({ name, amount, place: i.toString(36) }));
  return {
    Update: {
      TableName: env('AGGREGATES_TABLE'),
      Key: at.labels(id, hour),
      UpdateExpression: `SET v = :v, #exp = :exp ADD ${counters.map(({ place }) => `#${place} :${place}`).join(',')}`,
      ExpressionAttributeNames: {
        '#exp': 'exp',
        ...Object.fromEntries(counters.map(({ place, name }) => [`#${place}`, name])),
      },
      ExpressionAttributeValues: {
        ':v': v,
        ':exp': Math.floor((hour + daysKept * day) / 1000),
        ...Object.fromEntries(
          counters.map(({ place, amount }) => [`:${place}`, NumberValue.from(String(amount))]),
        ),
      },
    },
  };
}
