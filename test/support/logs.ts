import type { Context } from 'aws-lambda';
import { record } from '../../adapters/logs/inferences.ts';
import { idAt } from '../../domain/id.ts';
import { type Log, logId } from '../../domain/log.ts';
import type { Item } from './dynamodb/types.ts';
import type { World } from './world.ts';

export interface StreamRecord {
  eventID: string;
  eventName: 'INSERT';
  dynamodb: {
    Keys: Record<string, unknown>;
    NewImage: Record<string, unknown>;
    SequenceNumber: string;
    ApproximateCreationDateTime: number;
  };
}

/** Log a request of any time, as predict does. */
export async function logAt(
  deployment_id: string,
  at: number,
  random: () => number,
  more: Partial<Log> = {},
) {
  const bytes = Uint8Array.from({ length: 10 }, () => Math.floor(random() * 256));
  const log: Log = {
    ...{ id: logId(idAt(at, bytes)), deployment_id, rows: 1, status_code: 200, latency_ms: 1.5 },
    ...{ predictions: [0.5], inputs: [{ a: 1 }], key_id: 'k', flags: [] },
    exp: Math.floor(at / 1000) + 30 * 86_400,
    ...more,
  };
  if ((await record(log, 1)) !== 'logged') throw new Error('the log was not written');
  return log;
}

const written = (value: object): object =>
  'B' in value ? { B: Buffer.from(value.B as Uint8Array).toString('base64') } : value;
const image = (item: Item) =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, written(value as object)]));

/** The stream of the logs table: all that came since it was asked last, in the order of their ids. */
export function logStream(world: World): () => StreamRecord[] {
  const told = new Set<string>();
  let sequence = 10n ** 20n;
  return () =>
    world.hooks.table
      .items('logs')
      .filter(({ pk, sk }) => !told.has(`${pk?.S} ${sk?.S}`))
      .toSorted((a, b) => (String(a.sk?.S) < String(b.sk?.S) ? -1 : 1))
      .map((item) => {
        told.add(`${item.pk?.S} ${item.sk?.S}`);
        sequence += 7n;
        return recordOf(item, sequence);
      });
}

/** What the stream tells of a new log item. */
export const recordOf = (item: Item, sequence: bigint): StreamRecord => ({
  eventID: sequence.toString(16),
  eventName: 'INSERT',
  dynamodb: {
    Keys: { pk: item.pk, sk: item.sk },
    NewImage: image(item),
    SequenceNumber: String(sequence),
    // When it was written, whatever time its id says.
    ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
  },
});

/** What the mapping does with a batch: the place of the first record that has to come again. */
export async function delivered(world: World, records: readonly StreamRecord[]): Promise<number> {
  // What a worker is given has been through JSON.
  const event = JSON.parse(JSON.stringify({ Records: records }));
  const reply = await world.functions.get('aggregateLogs')?.(event, {} as Context);
  const { batchItemFailures } = reply as { batchItemFailures: { itemIdentifier: string }[] };
  const [first] = batchItemFailures;
  if (!first) return records.length;
  return records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === first.itemIdentifier);
}

export const closeHours = (world: World) => world.functions.get('closeHours')?.({}, {} as Context);
