import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Closing, Write } from '../../domain/aggregates/hours.ts';
import { type Timed, timed } from '../../domain/aggregates/metrics.ts';
import {
  packSeconds,
  packSteps,
  packSums,
  unpackSeconds,
  unpackSteps,
  unpackSums,
} from '../../domain/aggregates/packed.ts';
import type { DayCounts } from '../../domain/aggregates/requests.ts';
import type { Sums } from '../../domain/aggregates/tally.ts';
import { day } from '../../domain/aggregates/time.ts';
import { taken } from '../aws/conditional.ts';
import { env } from '../aws/env.ts';
import { beginning, between } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { at, timeIn, v } from '../items.ts';

/** Whose rows, and for how many days its logs are kept. */
export interface Of {
  id: string;
  retention_days: number;
}
type Item = Record<string, unknown>;
type DayCount = Extract<Closing, { outcome: 'equal' }>['dayCount'];

const most = 4 * 1024 * 1024;
const bytesOf = ({ z }: Item) => inflateRawSync(z as Uint8Array, { maxOutputLength: most });
const expiry = (from: number, days: number) => Math.floor((from + days * day) / 1000);
/** How long charts reach back: minutes and hours 90 days, days 400. What lists count goes with the logs. */
const kept = { fine: 90, coarse: 400 };
const countsKept = ({ retention_days }: Of) => retention_days + 2;
const hours = Array.from({ length: 24 }, (_, i) => `h${String(i).padStart(2, '0')}`);

/** Write a row of a closed hour or day, unless the one that is there knows of more. */
export function put(of: Of, write: Write): Promise<boolean> {
  const { key, exp, z, n } = rowOf(of, write);
  const { requests, binned } = write.unlessMore;
  return taken(
    table.send(
      new PutCommand({
        TableName: env('AGGREGATES_TABLE'),
        Item: { ...key, v, n, requests, binned, z: deflateRawSync(z), exp },
        ConditionExpression: 'attribute_not_exists(pk) OR (requests <= :requests AND binned <= :binned)',
        ExpressionAttributeValues: { ':requests': requests, ':binned': binned },
      }),
    ),
  );
}

function rowOf(of: Of, write: Write) {
  switch (write.row) {
    case 'seconds': {
      const key = at.seconds(of.id, write.hour);
      return { key, n: write.n, z: packSeconds(write.seconds), exp: expiry(write.hour, countsKept(of)) };
    }
    case 'minutes': {
      const key = at.minutes(of.id, write.hour);
      return { key, n: undefined, z: packSteps(write.minutes), exp: expiry(write.hour, kept.fine) };
    }
    case 'hour': {
      const key = at.hourSums(of.id, write.hour);
      return { key, n: write.sums.rows, z: packSums(write.sums), exp: expiry(write.hour, kept.fine) };
    }
    case 'day': {
      const start = timeIn(write.day);
      const key = at.daySums(of.id, start);
      return { key, n: write.sums.rows, z: packSums(write.sums), exp: expiry(start, kept.coarse) };
    }
  }
}

/** Set an hour's count in the row of its day, unless there is more already. Refused is done. */
export async function countDay(of: Of, { day: label, hour, n }: DayCount): Promise<void> {
  const start = timeIn(label);
  await taken(
    table.send(
      new UpdateCommand({
        TableName: env('AGGREGATES_TABLE'),
        Key: at.dayCounts(of.id, start),
        UpdateExpression: 'SET #hour = :n, #exp = :exp, v = :v',
        ConditionExpression: 'attribute_not_exists(#hour) OR #hour <= :n',
        ExpressionAttributeNames: { '#hour': hours[hour] ?? '', '#exp': 'exp' },
        ExpressionAttributeValues: { ':n': n, ':exp': expiry(start, countsKept(of) + 1), ':v': v },
      }),
    ),
  );
}

/** The counts of these days, first and last by their start; days without any are left out. */
export async function days(id: string, from: number, to: number): Promise<DayCounts[]> {
  const items = await between(at.dayCounts(id, from), at.dayCounts(id, to));
  return items.map((item) => ({
    start: timeIn(String(item.sk).slice(2)),
    hours: hours.map((name) => (item[name] === undefined ? null : Number(item[name]))),
  }));
}

/** Rows in each second of a closed hour; null where there is no such row. */
export async function seconds(id: string, hour: number): Promise<number[] | null> {
  const { Item } = await table.send(
    new GetCommand({ TableName: env('AGGREGATES_TABLE'), Key: at.seconds(id, hour), ConsistentRead: true }),
  );
  return Item ? unpackSeconds(bytesOf(Item)) : null;
}

/** The sums of the closed hours of the day that begins then. */
export async function hoursOfDay(id: string, start: number): Promise<Sums[]> {
  const { pk, sk } = at.hourSums(id, start);
  return (await beginning({ pk, sk: sk.slice(0, -2) })).map((item) => unpackSums(bytesOf(item)));
}

/** The sums of the closed hours from one to another, both inclusive, each with its start. */
export async function hoursWithin(
  id: string,
  first: number,
  last: number,
): Promise<{ start: number; sums: Sums }[]> {
  const items = await between(at.hourSums(id, first), at.hourSums(id, last));
  return items.map((item) => ({
    start: timeIn(String(item.sk).slice(2)),
    sums: unpackSums(bytesOf(item)),
  }));
}

/** The rows of these days or hours, each with its time: of minutes, one for each of them. */
export async function timedRows(
  id: string,
  row: 'daySums' | 'hourSums' | 'minutes',
  starts: readonly number[],
): Promise<Timed[]> {
  const [first, last] = [starts[0], starts.at(-1)];
  if (first === undefined || last === undefined) return [];
  const wanted = new Set(starts);
  const items = await between(at[row](id, first), at[row](id, last));
  return items.flatMap((item) => {
    const start = timeIn(String(item.sk).slice(2));
    if (!wanted.has(start)) return [];
    if (row === 'minutes') return timed({ start, minutes: unpackSteps(bytesOf(item)) });
    return [{ ...unpackSums(bytesOf(item)), at: start }];
  });
}
