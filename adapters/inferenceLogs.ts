import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Deployment } from '../domain/deployment.ts';
import { hourOf, shard } from '../domain/log.ts';
import { env } from './env.ts';
import { rowsOf } from './logCodec.ts';
import * as objects from './objects.ts';
import { table } from './table.ts';

const hour = 3_600_000;
const atOnce = 32;
const mostPayload = 8 * 1024 * 1024;

/** Times in milliseconds, both exclusive. */
export interface Window {
  since: number;
  until: number;
}
interface Place {
  pk: string;
  sk: string;
  n: number;
}

/**
 * A page of a deployment's logs, newest first, and how many rows the window holds. Every hour of the window is
 * counted: exact at any size, and slower the longer the window.
 */
export async function list(
  deployment: Deployment,
  window: Window,
  { limit, offset, now }: { limit: number; offset: number; now: number },
) {
  const wanted: Place[] = [];
  let [total, skipped] = [0, 0];
  for (const hours of chunks(hoursOf(window), atOnce)) {
    const found = await Promise.all(hours.map((h) => placesIn(deployment, h, window, now)));
    for (const place of found.flat()) {
      if (total + place.n > offset && total < offset + limit) {
        if (wanted.length === 0) skipped = total;
        wanted.push(place);
      }
      total += place.n;
    }
  }
  const rows = (await items(wanted)).flatMap(({ item, payload }) => rowsOf(deployment.id, item, payload));
  return { items: rows.slice(offset - skipped, offset - skipped + limit), total };
}

function hoursOf({ since, until }: Window): string[] {
  const hours: string[] = [];
  for (let at = Math.floor((until - 1) / hour); at >= Math.floor(since / hour); at--)
    hours.push(hourOf(at * hour));
  return hours;
}

function* chunks<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}

/** The ids of an hour, newest first, with the number of rows behind each. */
async function placesIn(deployment: Deployment, of: string, window: Window, now: number): Promise<Place[]> {
  const shards = Array.from(
    { length: deployment.log_shards },
    (_, n) => `${deployment.id}#${of}#${shard(n)}`,
  );
  const found = (await Promise.all(shards.map((pk) => places(pk, window, now)))).flat();
  return shards.length === 1 ? found : found.toSorted((a, b) => (a.sk < b.sk ? 1 : -1));
}

async function places(pk: string, { since, until }: Window, now: number): Promise<Place[]> {
  const found: Place[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await table.send(
      new QueryCommand({
        TableName: env('LOGS_TABLE'),
        ConsistentRead: true,
        ScanIndexForward: false,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        FilterExpression: '#exp > :now',
        ProjectionExpression: 'sk, n',
        ExpressionAttributeNames: { '#exp': 'exp' },
        ExpressionAttributeValues: {
          ':pk': pk,
          ':from': prefix(since + 1),
          ':to': `${prefix(until - 1)}~`,
          ':now': Math.floor(now / 1000),
        },
        ExclusiveStartKey,
      }),
    );
    found.push(...(page.Items ?? []).map(({ sk, n }) => ({ pk, sk: String(sk), n: Number(n) })));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return found;
}

/** How ids of a millisecond begin. */
function prefix(milliseconds: number): string {
  const hex = Math.max(0, milliseconds).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/** The whole items of a page, in its order, with the inputs that lie apart. */
async function items(places: readonly Place[]) {
  const found = new Map<string, Record<string, unknown>>();
  for (const some of chunks(places, 100)) {
    let Keys: Record<string, unknown>[] = some.map(({ pk, sk }) => ({ pk, sk }));
    while (Keys.length > 0) {
      const { Responses, UnprocessedKeys } = await table.send(
        new BatchGetCommand({ RequestItems: { [env('LOGS_TABLE')]: { Keys, ConsistentRead: true } } }),
      );
      for (const item of Responses?.[env('LOGS_TABLE')] ?? []) found.set(String(item.sk), item);
      Keys = UnprocessedKeys?.[env('LOGS_TABLE')]?.Keys ?? [];
    }
  }
  const page: { item: Record<string, unknown>; payload: Uint8Array | undefined }[] = [];
  for (const some of chunks(places, 16))
    page.push(...(await Promise.all(present(some.map(({ sk }) => found.get(sk))).map(whole))));
  return page;
}

const present = <T>(values: readonly (T | undefined)[]): T[] => values.filter((value) => value !== undefined);

/** Inputs that are gone are no reason to lose the rest of the log. */
async function whole(item: Record<string, unknown>) {
  const apart = item.r as { key: string } | undefined;
  if (!apart) return { item, payload: undefined };
  const place = { bucket: env('DATA_BUCKET'), key: apart.key };
  const payload = await objects.get(place, mostPayload).catch(() => undefined);
  return { item, payload };
}
