import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { taken } from '../aws/conditional.ts';
import { env } from '../aws/env.ts';
import * as objects from '../aws/objects.ts';
import { found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { at, v } from '../items.ts';
import type { StreamRecord } from './logRecords.ts';

const days = 90;
const mostBytes = 2 * 1024 * 1024;
/** yyyymm */
const monthOf = (time: number) => new Date(time).toISOString().slice(0, 7).replace('-', '');

/** Records that were set aside together, and how to be rid of them. */
export interface Aside {
  /** Undefined where they cannot be read. */
  records(): Promise<StreamRecord[] | undefined>;
  forget(): Promise<void>;
}

/**
 * Keep a record that nobody can read, whole, and note where it is. Whether it is the first time: under the id of its
 * event it is kept once, however often it comes.
 */
export async function keep(record: StreamRecord, reason: string, now: number): Promise<boolean> {
  const id = record.eventID ?? record.dynamodb?.SequenceNumber ?? 'unnamed';
  // Of the record and not of now: its place has to be the same when it comes again.
  const written = record.dynamodb?.ApproximateCreationDateTime;
  const month = monthOf(written ? written * 1000 : now);
  const key = `dead/logs/${month}/${id}`;
  await objects.put({ bucket: env('DATA_BUCKET'), key }, JSON.stringify(record));
  return taken(
    table.send(
      new PutCommand({
        TableName: env('CONTROL_TABLE'),
        Item: {
          ...at.dead(month, id),
          ...{ v, kind: 'log', reason, key, exp: Math.floor(now / 1000) + days * 86_400 },
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );
}

/** What was kept in the months from one time to another, both epoch milliseconds. */
export async function kept(from: number, to: number): Promise<Aside[]> {
  const months = new Set([monthOf(from), monthOf(to)]);
  const all = await Promise.all([...months].map(keptIn));
  return all.flat();
}

async function keptIn(month: string): Promise<Aside[]> {
  const items = await found({
    TableName: env('CONTROL_TABLE'),
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': at.dead(month, '').pk },
  });
  return items
    .filter(({ kind }) => kind === 'log')
    .map(({ sk, key }) => asideOf({ bucket: env('DATA_BUCKET'), key: String(key) }, month, String(sk)));
}

/** Undefined where it cannot be read; not the error, for what it says may repeat what is in there. */
export function readable(read: () => StreamRecord[]): StreamRecord[] | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const asideOf = (place: objects.Place, month: string, id: string): Aside => ({
  records: async () => {
    const record = await objects.get(place, mostBytes);
    return record && readable(() => [JSON.parse(record.toString()) as StreamRecord]);
  },
  // The note goes last: while it is there, somebody looks for what it notes.
  forget: async () => {
    await objects.remove(place);
    await table.send(new DeleteCommand({ TableName: env('CONTROL_TABLE'), Key: at.dead(month, id) }));
  },
});
