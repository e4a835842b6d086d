import * as z from 'zod';
import type { Fact } from '../../domain/aggregates/lane.ts';
import { hour, startOf } from '../../domain/aggregates/time.ts';
import { Id } from '../../domain/fields.ts';
import { millisecondsOf } from '../../domain/id.ts';
import { type Attributes, plainItem } from '../aws/attributes.ts';
import { timeIn } from '../items.ts';
import { unpackBins } from './logBins.ts';

/** A record of a stream, as far as anything is known of it. */
export interface StreamRecord {
  eventID?: string;
  dynamodb?: {
    Keys?: Record<string, unknown>;
    NewImage?: Record<string, unknown>;
    SequenceNumber?: string;
    /** Epoch seconds. */
    ApproximateCreationDateTime?: number;
  };
}

/** A log as the stream of its table tells of it. */
export interface LogRecord {
  deploymentId: string;
  /** The label of the shard, as keys spell it. */
  shard: string;
  fact: Fact;
}

const Item = z.object({
  pk: z.string(),
  sk: Id,
  n: z.int().min(1).max(1000),
  s: z.int().min(100).max(599),
  l: z.coerce.number(),
  b: z.instanceof(Uint8Array).optional(),
});

/** What is to be counted of a record. Throws on what is no log of ours. */
export const read = ({ dynamodb }: StreamRecord): LogRecord =>
  recordOf(
    plainItem((dynamodb?.NewImage ?? {}) as Attributes),
    String(BigInt(dynamodb?.SequenceNumber ?? '')),
  );

/** The same of the item itself: its place among the others comes from whoever reads it. */
export function recordOf(item: Record<string, unknown>, sequence: string): LogRecord {
  const { pk, sk, n, s, l, b } = Item.parse(item);
  const partition = partitionOf(pk);
  const at = millisecondsOf(sk);
  if (startOf(hour, at) !== partition?.hour) throw new RangeError('A log lies in the hour of its id');
  const { deploymentId, shard } = partition;
  const bins = b ? unpackBins(b, n) : null;
  return { deploymentId, shard, fact: { sequence, at, rows: n, status: s, latency: l, bins } };
}

/** Which partition a record is of, as far as its key can be read. */
export function partitionOf(pk: unknown): { deploymentId: string; hour: number; shard: string } | undefined {
  const [, deploymentId, label, shard] = /^([0-9a-f-]{36})#(\d{10})#(\d\d)$/.exec(String(pk)) ?? [];
  if (deploymentId === undefined || label === undefined || shard === undefined) return undefined;
  const time = timeIn(label);
  return Number.isFinite(time) ? { deploymentId, hour: time, shard } : undefined;
}
