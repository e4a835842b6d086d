import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { askStreams, askTables } from './ask.ts';
import { type Deliver, deliver, type StreamRecord } from './delivery.ts';
import { readJson, writeWhole } from './files.ts';
import { compilePattern } from './patterns.ts';
import type { MappingPlan, TablePlan } from './template/plan.ts';

export interface StreamSettings {
  url: string;
  tables: readonly TablePlan[];
  mappings: readonly MappingPlan[];
  invoke: Deliver;
  home: string;
  /** Forget records of a table up to a number; nothing where the database is not ours. */
  prune(table: string, upTo: bigint): Promise<unknown>;
  /** Every batch is delivered twice: no function may mind. */
  twice?: boolean;
  idleMs?: number;
  pruneMs?: number;
}

/** Where the reader of a mapping stands: in which stream, behind which record. */
interface Checkpoint {
  stream: string;
  after: string;
}

const everything = 10n ** 18n;

/** Read the streams of the tables and call the functions that listen, as event source mappings do. */
export async function startStreams(settings: StreamSettings): Promise<{ stop(): Promise<void> }> {
  const { tables, mappings, prune, idleMs = 200, pruneMs = 10_000 } = settings;
  const stopping = new AbortController();
  const { signal } = stopping;
  const unknown = mappings.find(({ table }) => !tables.some(({ name, stream }) => name === table && stream));
  if (unknown) throw new Error(`${unknown.id}: reads a stream that no table has`);
  const readers = await Promise.all(mappings.map((mapping) => openReader(mapping, settings)));

  const follow = async (reader: Reader) => {
    let told = '';
    while (!signal.aborted) {
      const outcome = await reader.step(signal).catch(({ message }: Error) => message);
      // The same trouble is told once, not five times a second.
      if (typeof outcome === 'string' && outcome !== told && !signal.aborted)
        console.error(`stream of ${reader.mapping.table}: ${outcome}`);
      told = typeof outcome === 'string' ? outcome : '';
      if (outcome !== true) await rest(idleMs, signal);
    }
  };

  const tidy = async () => {
    while (!signal.aborted) {
      await rest(pruneMs, signal);
      for (const { name, stream } of tables) {
        if (!stream || signal.aborted) continue;
        await prune(name, behindAll(name, readers)).catch(() => undefined);
      }
    }
  };

  const running = [...readers.map(follow), tidy()];
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

/** The last record that every reader of a table is done with; all of them where nobody reads. */
function behindAll(table: string, readers: readonly Reader[]): bigint {
  let least = everything;
  for (const { mapping, position } of readers)
    if (mapping.table === table && position() < least) least = position();
  return least;
}

const rest = (ms: number, signal: AbortSignal) => pause(ms, undefined, { signal }).catch(() => undefined);

interface Reader {
  mapping: MappingPlan;
  position(): bigint;
  /** Read and deliver what is there; whether anything was. */
  step(signal: AbortSignal): Promise<boolean>;
}

async function openReader(
  mapping: MappingPlan,
  { url, home, invoke, twice }: StreamSettings,
): Promise<Reader> {
  const file = join(home, 'streams', `${mapping.id}.json`);
  const { Table } = await askTables<{ Table: { LatestStreamArn: string } }>(url, 'DescribeTable', {
    TableName: mapping.table,
  });
  const stream = Table.LatestStreamArn;
  const saved = readJson<Checkpoint>(file);
  let after = saved?.stream === stream ? saved.after : '0';
  let iterator: string | undefined;
  const filters = mapping.filters.map(compilePattern);
  const wanted = (record: unknown) => filters.length === 0 || filters.some((matches) => matches(record));

  const advance = (to: string) => {
    after = to;
    writeWhole(file, { stream, after } satisfies Checkpoint);
  };

  async function open(): Promise<string | undefined> {
    const { StreamDescription } = await askStreams<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
      url,
      'DescribeStream',
      { StreamArn: stream },
    );
    // One shard per table here, and none before the first write.
    const ShardId = StreamDescription.Shards[0]?.ShardId;
    if (ShardId === undefined) return undefined;
    const { ShardIterator } = await askStreams<{ ShardIterator: string }>(url, 'GetShardIterator', {
      StreamArn: stream,
      ShardId,
      ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
      SequenceNumber: after,
    });
    return ShardIterator;
  }

  async function step(signal: AbortSignal): Promise<boolean> {
    iterator ??= await open();
    if (iterator === undefined) return false;
    const from = iterator;
    iterator = undefined;
    const page = await askStreams<{ Records: StreamRecord[]; NextShardIterator?: string }>(
      url,
      'GetRecords',
      {
        ShardIterator: from,
      },
    );
    const records = page.Records.map((record) => ({ ...record, eventSourceARN: mapping.streamArn }));
    const last = records.at(-1);
    if (last) {
      await deliver(records.filter(wanted), mapping, { invoke, advance, signal, twice });
      if (signal.aborted) return false;
      advance(last.dynamodb.SequenceNumber);
    }
    iterator = page.NextShardIterator;
    return last !== undefined;
  }

  return { mapping, position: () => BigInt(after), step };
}
