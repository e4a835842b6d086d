import { setTimeout as pause } from 'node:timers/promises';
import { askTables, Refusal } from './ask.ts';
import type { TablePlan } from './template/plan.ts';

type Key = Record<string, unknown>;
const tooOld = 5 * 365 * 86_400;

/** Delete what has expired. On AWS this happens within days; here every few minutes. */
export function startSweeper(options: { url: string; tables: readonly TablePlan[]; everyMs?: number }) {
  const { url, tables, everyMs = 300_000 } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = (async () => {
    while (!signal.aborted) {
      await pause(everyMs, undefined, { signal }).catch(() => undefined);
      await sweep({ url, tables, now: Math.floor(Date.now() / 1000), signal }).catch((error: Error) => {
        if (!signal.aborted) console.error(`expired items: ${error.message}`);
      });
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Look through every table that has a time to live; returns how many items went. */
export async function sweep(options: {
  url: string;
  tables: readonly TablePlan[];
  now: number;
  signal?: AbortSignal;
  /** Items that are looked at together. */
  page?: number;
}): Promise<number> {
  const { url, tables, now, signal, page = 500 } = options;
  let gone = 0;
  for (const { name, ttl, definition } of tables) {
    if (ttl === undefined) continue;
    const keys = (definition.KeySchema as { AttributeName: string }[]).map(
      ({ AttributeName }) => AttributeName,
    );
    gone += await sweepTable({ url, table: name, ttl, keys, now, signal, page });
  }
  return gone;
}

interface Target {
  url: string;
  table: string;
  ttl: string;
  keys: string[];
  now: number;
  signal?: AbortSignal;
  page: number;
}

async function sweepTable(target: Target): Promise<number> {
  const { url, table, ttl, keys, now, signal } = target;
  let gone = 0;
  let from: Key | undefined;
  do {
    const started = performance.now();
    const found: { Items: Key[]; LastEvaluatedKey?: Key } = await askTables(url, 'Scan', {
      TableName: table,
      Limit: target.page,
      ExclusiveStartKey: from,
      // What expired more than five years ago stays, as on AWS: more likely such a number is no time.
      FilterExpression: 'attribute_type(#ttl, :number) AND #ttl BETWEEN :old AND :now',
      ProjectionExpression: keys.map((_, i) => `#k${i}`).join(', '),
      ExpressionAttributeNames: { '#ttl': ttl, ...Object.fromEntries(keys.map((key, i) => [`#k${i}`, key])) },
      ExpressionAttributeValues: {
        ':number': { S: 'N' },
        ':now': { N: String(now) },
        ':old': { N: String(now - tooOld) },
      },
    });
    for (const Key of found.Items) gone += await forget(target, Key);
    from = found.LastEvaluatedKey;
    // A large table is looked through at a fifth of the time at most: requests come first.
    if (from) await pause((performance.now() - started) * 4, undefined, { signal }).catch(() => undefined);
  } while (from && !signal?.aborted);
  return gone;
}

/** An item that was renewed since it was read stays. */
async function forget({ url, table, ttl, now }: Target, Key: Key): Promise<number> {
  try {
    await askTables(url, 'DeleteItem', {
      TableName: table,
      Key,
      ConditionExpression: '#ttl <= :now',
      ExpressionAttributeNames: { '#ttl': ttl },
      ExpressionAttributeValues: { ':now': { N: String(now) } },
    });
    return 1;
  } catch (error) {
    if (error instanceof Refusal && error.name === 'ConditionalCheckFailedException') return 0;
    throw error;
  }
}
