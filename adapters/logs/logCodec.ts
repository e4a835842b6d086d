import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { time } from '../../domain/fields.ts';
import { millisecondsOf, rowId } from '../../domain/id.ts';
import { type Log, partition } from '../../domain/log.ts';
import type { Actual, Answered } from '../../domain/quality/actuals.ts';
import { v } from '../items.ts';
import { packBins } from './logBins.ts';
import { packProbabilities, unpackProbabilities } from './logProbabilities.ts';

const most = 32 * 1024 * 1024;
const mostInItem = 8 * 1024;
const worthDeflating = 600;

/** JSON as text, or deflated where that saves a write unit: deflating costs more time than scoring. */
function pack(value: unknown): string | Buffer {
  const text = JSON.stringify(value);
  return text.length <= worthDeflating ? text : deflateRawSync(text);
}

const unpack = (kept: string | Uint8Array): unknown =>
  JSON.parse(typeof kept === 'string' ? kept : inflateRawSync(kept, { maxOutputLength: most }).toString());

/** Inputs as they are kept: the names of several rows once, then the rows. */
function packInputs(inputs: readonly Record<string, unknown>[]): string | Buffer {
  if (inputs.length === 1) return pack(inputs[0]);
  const names = [...new Set(inputs.flatMap((row) => Object.keys(row)))];
  return pack([
    names,
    ...inputs.map((row) => names.map((name) => (Object.hasOwn(row, name) ? [row[name]] : []))),
  ]);
}

function unpackInputs(bytes: string | Uint8Array): Record<string, unknown>[] {
  const kept = unpack(bytes);
  if (!Array.isArray(kept)) return [kept as Record<string, unknown>];
  const [names, ...rows] = kept as [string[], ...unknown[][][]];
  return rows.map((row) =>
    Object.fromEntries(names.flatMap((name, i) => (row[i] ?? []).map((value) => [name, value] as const))),
  );
}

/** A request's log as an item, and its inputs apart where they are too large to lie in it. */
export function logItem(log: Log, shards: number, payloadKey: string) {
  const z = log.inputs ? packInputs(log.inputs) : undefined;
  const large = typeof z === 'object' && z.length > mostInItem;
  const { predictions } = log;
  const item = {
    pk: partition(log.deployment_id, log.id, shards),
    sk: log.id,
    v,
    n: log.rows,
    s: log.status_code,
    l: log.latency_ms.toFixed(3),
    p: predictions === null ? undefined : pack(predictions),
    z: large ? undefined : z,
    r: large ? { key: payloadKey, bytes: z.length } : undefined,
    b: log.bins ? packBins(log.bins) : undefined,
    c: log.probabilities ? packProbabilities(log.probabilities) : undefined,
    d: log.found ? packFound(log.found) : undefined,
    k: log.key_id,
    q: log.request_id,
    f: log.flags.length > 0 ? log.flags.join() : undefined,
    exp: log.exp,
  };
  return { item, payload: large ? z : undefined };
}

/** What is known of each row by now: nobody but us writes it. */
const actualsOf = ({ a }: Record<string, unknown>): ReadonlyMap<number, Actual> =>
  new Map(
    (a === undefined ? [] : (unpack(a as string) as [number, Actual['value'], number][])).map(
      ([row, value, lagSeconds]) => [row, { value, lagSeconds }],
    ),
  );

/** What is known of an item's rows as it lies there: bytes that grow by little for what many rows have in common. */
export const packActuals = (actuals: ReadonlyMap<number, Actual>): string | Buffer =>
  pack(
    [...actuals]
      .toSorted(([a], [b]) => a - b)
      .map(([row, { value, lagSeconds }]) => [row, value, lagSeconds]),
  );

type Counts = Readonly<Record<string, number>>;

/** Of most rows nothing was replaced: those that are not named have no counts. */
const packFound = (found: readonly Counts[]): string | Buffer =>
  pack(found.flatMap((counts, row) => (Object.keys(counts).length > 0 ? [[row, counts]] : [])));

const foundIn = ({ d }: Record<string, unknown>): ReadonlyMap<number, Counts> =>
  new Map(d === undefined ? [] : (unpack(d as string) as [number, Counts][]));

/** A log of an item, as far as labels go; undefined where the request failed. */
export function answeredOf(item: Record<string, unknown>): Answered | undefined {
  if (Number(item.s) >= 400 || item.p === undefined) return undefined;
  const predictions = unpack(item.p as string) as (string | number)[];
  const { c } = item;
  return {
    id: String(item.sk),
    predictions,
    ...(c instanceof Uint8Array && { probabilities: unpackProbabilities(c, predictions.length) }),
    actuals: actualsOf(item),
  };
}

/** The rows of an item as lists show them, newest first. `payload` is what lay apart. */
export function rowsOf(deploymentId: string, item: Record<string, unknown>, payload?: Uint8Array) {
  const id = String(item.sk);
  const rows = Number(item.n);
  const packed = (item.z as string | Uint8Array | undefined) ?? payload;
  const inputs = packed ? unpackInputs(packed) : undefined;
  const predictions = item.p === undefined ? [] : (unpack(item.p as string) as (string | number)[]);
  const actuals = actualsOf(item);
  const found = foundIn(item);
  const flags = typeof item.f === 'string' ? item.f.split(',') : [];
  const shared = {
    deployment_id: deploymentId,
    latency_ms: Number(item.l),
    status_code: Number(item.s),
    created_at: time(millisecondsOf(id)),
    ...(typeof item.q === 'string' && { request_id: item.q }),
    ...(flags.length > 0 && { flags }),
  };
  return Array.from({ length: rows }, (_, i) => ({
    id: rowId(id, i),
    inputs: inputs?.[i] ?? null,
    prediction: predictions[i] ?? null,
    ...(actuals.has(i) && { actual: actuals.get(i)?.value }),
    ...(found.has(i) && { replaced: found.get(i) }),
    ...shared,
  })).reverse();
}
