import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { taken } from './conditional.ts';
import { env } from './env.ts';
import { at, v } from './items.ts';
import type { StreamRecord } from './logRecords.ts';
import * as objects from './objects.ts';
import { table } from './table.ts';

const days = 90;

/**
 * Keep a record that nobody can read, whole, and note where it is. Whether it is the first time: under the id of its
 * event it is kept once, however often it comes.
 */
export async function keep(record: StreamRecord, reason: string, now: number): Promise<boolean> {
  const id = record.eventID ?? record.dynamodb?.SequenceNumber ?? 'unnamed';
  // Of the record and not of now: its place has to be the same when it comes again.
  const written = record.dynamodb?.ApproximateCreationDateTime;
  const month = new Date(written ? written * 1000 : now).toISOString().slice(0, 7).replace('-', '');
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
