import { attributes } from '../../adapters/aws/attributes.ts';
import { logItem } from '../../adapters/logs/logCodec.ts';
import { idAt, millisecondsOf, rowId } from '../../domain/id.ts';
import { type Log, logId } from '../../domain/log.ts';
import type { Item } from './dynamodb/types.ts';
import { decode } from './dynamodb/wire.ts';
import { closeHours, delivered, recordOf } from './logs.ts';
import type { World } from './world.ts';

const hour = 3_600_000;
const exactly = <T>(all: readonly T[], i: number): T => all[i % all.length] as T;

export interface Many {
  /** Newest first. */
  logs: { id: string; rows: number }[];
  /** The ids of the rows from `offset` on, newest first. */
  idsAt(offset: number, limit: number): string[];
}

/**
 * Requests of one row and of 100 to 1,000 that have so many rows in all, spread over the 30 hours before now: written
 * by the codec that predict uses, told to aggregateLogs as the stream tells it, closed by closeHours. The newest
 * `behind` are not told yet.
 */
export async function logMany(
  world: World,
  put: (table: string, items: readonly Item[]) => Promise<void>,
  {
    deploymentId,
    shards,
    rows,
    singles,
    behind,
    random,
  }: {
    deploymentId: string;
    shards: number;
    rows: number;
    singles: number;
    behind: number;
    random: () => number;
  },
): Promise<Many> {
  const now = Date.now();
  const sizes = new Array<number>(singles).fill(1);
  for (let left = rows - singles; left > 0; left -= sizes.at(-1) ?? left)
    sizes.push(Math.min(left, 100 + Math.floor(901 * random())));
  const pool = Array.from({ length: 1000 }, () => Number(random().toFixed(4)));
  const bins = pool.map(() => Uint8Array.from({ length: 12 }, () => Math.floor(10 * random())));
  const items = sizes.map((n) => {
    const at = someTime(now, random);
    const bytes = Uint8Array.from({ length: 10 }, () => Math.floor(256 * random()));
    const log: Log = {
      ...{ id: logId(idAt(at, bytes)), deployment_id: deploymentId, rows: n, status_code: 200 },
      ...{ latency_ms: 20 * random(), predictions: pool.slice(0, n), bins: bins.slice(0, n) },
      ...{ inputs: n === 1 ? [{ a: exactly(pool, at), b: 'text' }] : null, key_id: 'key', flags: [] },
      exp: Math.floor(at / 1000) + 30 * 86_400,
    };
    return decode(JSON.stringify(attributes(logItem(log, shards, '').item))) as Item;
  });
  items.sort((a, b) => (String(a.sk?.S) < String(b.sk?.S) ? -1 : 1));
  await put('logs', items);
  const records = items
    .slice(0, items.length - behind)
    .map((item, i) => recordOf(item, 10n ** 20n + BigInt(i)));
  for (let at = 0; at < records.length; at += 1000) {
    const batch = records.slice(at, at + 1000);
    if ((await delivered(world, batch)) !== batch.length) throw new Error('not all logs were counted');
  }
  await closeHours(world);
  const logs = items.map(({ sk, n }) => ({ id: String(sk?.S), rows: Number(n?.N) })).reverse();
  return { logs, idsAt: (offset, limit) => idsAt(logs, offset, limit) };
}

/** Of the last thirty hours; of those that are over, in ten minutes of each. */
function someTime(now: number, random: () => number): number {
  const at = now - 1 - Math.floor(30 * hour * random());
  const start = Math.floor(at / hour) * hour;
  if (start + 2 * hour > now) return at;
  return start + ((start / hour) % 6) * (hour / 6) + Math.floor((hour / 6) * random());
}

function idsAt(logs: Many['logs'], offset: number, limit: number): string[] {
  const ids: string[] = [];
  let before = 0;
  for (const { id, rows } of logs) {
    for (let row = rows - 1; row >= 0 && before + rows > offset && ids.length < limit; row--)
      if (before + rows - 1 - row >= offset) ids.push(rowId(id, row));
    before += rows;
  }
  return ids;
}

/** The rows that lie strictly between two times, counted in memory. */
export const rowsBetween = ({ logs }: Many, since: number, until: number): number =>
  logs
    .filter(({ id }) => millisecondsOf(id) > since && millisecondsOf(id) < until)
    .reduce((sum, { rows }) => sum + rows, 0);
