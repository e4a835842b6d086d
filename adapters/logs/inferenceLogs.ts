import { type Continued, cutAfter, planAfter } from '../../domain/aggregates/cursor.ts';
import { cut, type PageOf, plan, type Row } from '../../domain/aggregates/pages.ts';
import {
  type Answered,
  type Answers,
  type Kind,
  keyOf,
  noAnswers,
  type Place,
  type Request,
  type Stretch,
} from '../../domain/aggregates/requests.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { hourOf, shard } from '../../domain/log.ts';
import * as aggregates from '../aggregates/aggregates.ts';
import * as lanes from '../aggregates/lanes.ts';
import * as marks from '../aggregates/marks.ts';
import { env } from '../aws/env.ts';
import * as objects from '../aws/objects.ts';
import { counted, found } from '../aws/queries.ts';
import { rowsOf } from './logCodec.ts';

const atOnce = 16;
const mostPayload = 8 * 1024 * 1024;

/** A log item as a planner places it. */
export interface Found extends Place {
  item: Record<string, unknown>;
}

/** A page of a deployment's logs, newest first, and how many rows its window holds: exact, whatever the offset. */
export async function page(deployment: Deployment, of: PageOf) {
  const answers = noAnswers<Found>();
  await answered(deployment, answers, () => plan(of, answers));
  return cut(of, answers);
}

/** The page that follows a row. */
export async function pageAfter(deployment: Deployment, of: Continued): Promise<Row<Found>[]> {
  const answers = noAnswers<Found>();
  await answered(deployment, answers, () => planAfter(of, answers));
  return cutAfter(of, answers);
}

/** Ask until nothing is asked any more: every round at once. */
async function answered(deployment: Deployment, answers: Answers<Found>, asked: () => Request[]) {
  for (let requests = asked(); requests.length > 0; requests = asked())
    await Promise.all(requests.map((request) => answer(deployment, answers, request)));
}

async function answer<K extends Kind>(
  deployment: Deployment,
  answers: Answers<Found>,
  request: Extract<Request, { kind: K }>,
): Promise<void> {
  const kind = request.kind as K;
  answers[kind].set(keyOf(request), await tables[kind](deployment, request));
}

/** What each kind of request reads. */
const tables: {
  [K in Kind]: (of: Deployment, asked: Extract<Request, { kind: K }>) => Promise<Answered<Found>[K]>;
} = {
  days: ({ id }, { from, to }) => aggregates.days(id, from, to),
  marks: ({ id }, { from, to }) => marks.within(id, from, to),
  lanes: ({ id }, { hour }) => lanes.inHour(id, hour),
  seconds: ({ id }, { hour }) => aggregates.seconds(id, hour),
  count: async (of, stretch) =>
    (await stretchOf(of, stretch, { ProjectionExpression: 'sk, n' })).map(({ id, rows }) => ({ id, rows })),
  logs: async (of, { limit, ...stretch }) => {
    if (limit === null) return stretchOf(of, stretch, {});
    // One more, for the end of a stretch may be found that does not belong to it.
    return (await stretchOf(of, stretch, { Limit: limit + 1 }, limit + 1)).slice(0, limit);
  },
};

/** The partition of one shard's logs in the hour that begins then. */
export const partition = (id: string, hour: number, of: number) => `${id}#${hourOf(hour)}#${shard(of)}`;

/** The items of a stretch, newest first. None has expired: a window begins after what has. */
async function stretchOf(
  { id }: Deployment,
  { hour, shard: of, from, to, before }: Stretch,
  how: { ProjectionExpression?: string; Limit?: number },
  most?: number,
): Promise<Found[]> {
  if (from > to) return [];
  const last = `${prefix(to)}~`;
  const items = await found(
    {
      TableName: env('LOGS_TABLE'),
      ScanIndexForward: false,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':pk': partition(id, hour, of),
        ':from': prefix(from),
        ':to': before !== undefined && before < last ? before : last,
      },
      ...how,
    },
    most,
  );
  // BETWEEN takes its end in.
  return items
    .map((item) => ({ id: String(item.sk), rows: Number(item.n), item }))
    .filter((place) => before === undefined || place.id < before);
}

/** How ids of a millisecond begin. */
export function prefix(milliseconds: number): string {
  const hex = Math.max(0, milliseconds).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/** How many log items an hour holds, in all its shards. */
export async function itemsIn({ id, log_shards }: Deployment, hour: number): Promise<number> {
  const counts = await Promise.all(
    Array.from({ length: log_shards }, (_, of) => counted(env('LOGS_TABLE'), partition(id, hour, of))),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Rows as lists show them; what lies apart is read for these alone. */
export async function shown({ id }: Deployment, rows: readonly Row<Found>[]) {
  const items = [...new Set(rows.map(({ item }) => item))];
  const all = new Map<Found, ReturnType<typeof rowsOf>>();
  for (let i = 0; i < items.length; i += atOnce)
    for (const [item, payload] of await Promise.all(items.slice(i, i + atOnce).map(whole)))
      all.set(item, rowsOf(id, item.item, payload).reverse());
  return rows.flatMap(({ item, row }) => all.get(item)?.[row] ?? []);
}

/** Inputs that are gone are no reason to lose the rest of the log. */
export async function whole<T extends { item: Record<string, unknown> }>(
  one: T,
): Promise<[T, Uint8Array | undefined]> {
  const apart = one.item.r as { key: string } | undefined;
  if (!apart) return [one, undefined];
  const place = { bucket: env('DATA_BUCKET'), key: apart.key };
  return [one, await objects.get(place, mostPayload).catch(() => undefined)];
}
