import { setTimeout as pause } from 'node:timers/promises';
import type { Invocation } from './lambda/pool.ts';
import type { MappingPlan } from './template/plan.ts';

export type Deliver = (functionName: string, event: string) => Promise<Invocation>;

export interface StreamRecord {
  dynamodb: { SequenceNumber: string; [more: string]: unknown };
  [more: string]: unknown;
}

interface World {
  invoke: Deliver;
  /** Everything up to this record is done with, whatever happens next. */
  advance(sequenceNumber: string): void;
  signal: AbortSignal;
  twice?: boolean;
  /** Wait before another attempt; tests do not. */
  wait?(attempt: number, signal: AbortSignal): Promise<unknown>;
}

/** Records that stay together, and how often they have been tried. */
interface Batch {
  records: StreamRecord[];
  attempts: number;
}

const backOff = (attempt: number, signal: AbortSignal) =>
  pause(Math.min(200 * 2 ** attempt, 30_000), undefined, { signal }).catch(() => undefined);

/**
 * Hand records to a function in order and in batches, as Lambda does: a failed batch is tried again from its
 * first failed record, halved where the mapping says so, and given up when its attempts are used up.
 */
export async function deliver(
  records: readonly StreamRecord[],
  mapping: MappingPlan,
  world: World,
): Promise<void> {
  const queue: Batch[] = [];
  for (let i = 0; i < records.length; i += mapping.batchSize)
    queue.push({ records: records.slice(i, i + mapping.batchSize), attempts: 0 });
  while (queue.length > 0 && !world.signal.aborted) {
    const batch = queue.shift() as Batch;
    const done = await attempt(batch, mapping, world);
    const last = batch.records[done - 1];
    if (last) world.advance(last.dynamodb.SequenceNumber);
    if (done === batch.records.length || world.signal.aborted) continue;
    queue.unshift(
      ...(await again({ ...batch, records: batch.records.slice(done) }, done > 0, mapping, world)),
    );
  }
}

/** What is to be tried next of a batch that failed. */
async function again(
  { records, attempts }: Batch,
  moved: boolean,
  mapping: MappingPlan,
  world: World,
): Promise<Batch[]> {
  // Some of it went well: what is left counts as a new batch.
  if (moved) return [{ records, attempts: 0 }];
  if (mapping.bisect && records.length > 1) {
    const middle = Math.ceil(records.length / 2);
    // Halving does not count as an attempt.
    return [records.slice(0, middle), records.slice(middle)].map((half) => ({ records: half, attempts }));
  }
  if (mapping.retries >= 0 && attempts >= mapping.retries) {
    const numbers = records.map(({ dynamodb }) => dynamodb.SequenceNumber).join(', ');
    console.error(`${mapping.function}: gave up records ${numbers} of ${mapping.table}`);
    return [];
  }
  await (world.wait ?? backOff)(attempts, world.signal);
  return [{ records, attempts: attempts + 1 }];
}

/** How many records at the start of the batch are done. */
async function attempt({ records }: Batch, mapping: MappingPlan, world: World): Promise<number> {
  const event = JSON.stringify({ Records: records });
  const first = await world.invoke(mapping.function, event);
  const second = world.twice ? await world.invoke(mapping.function, event) : first;
  return Math.min(...[first, second].map((invocation) => doneOf(invocation, records, mapping)));
}

function doneOf(invocation: Invocation, records: StreamRecord[], mapping: MappingPlan): number {
  if (!invocation.ok) return 0;
  if (!mapping.reportFailures) return records.length;
  const { batchItemFailures = [] } = (JSON.parse(invocation.payload) ?? {}) as {
    batchItemFailures?: { itemIdentifier?: string }[] | null;
  };
  const places = (batchItemFailures ?? []).map(({ itemIdentifier }) =>
    // A name that is not in the batch fails the whole of it, as on AWS.
    Math.max(
      0,
      records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === itemIdentifier),
    ),
  );
  return Math.min(records.length, ...places);
}
