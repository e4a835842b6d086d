import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { time } from '../domain/fields.ts';
import { millisecondsOf, rowId } from '../domain/id.ts';
import { type Log, partition } from '../domain/log.ts';
import { v } from './items.ts';

const most = 32 * 1024 * 1024;
const pack = (value: unknown) => deflateRawSync(JSON.stringify(value));
const unpack = (bytes: Uint8Array): unknown =>
  JSON.parse(inflateRawSync(bytes, { maxOutputLength: most }).toString());

/** Inputs as they are kept: the names of several rows once, then the rows. */
function packInputs(inputs: readonly Record<string, unknown>[]): Buffer {
  if (inputs.length === 1) return pack(inputs[0]);
  const names = [...new Set(inputs.flatMap((row) => Object.keys(row)))];
  return pack([
    names,
    ...inputs.map((row) => names.map((name) => (Object.hasOwn(row, name) ? [row[name]] : []))),
  ]);
}

function unpackInputs(bytes: Uint8Array): Record<string, unknown>[] {
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
  const large = z !== undefined && z.length > 8 * 1024;
  const { predictions } = log;
  const item = {
    pk: partition(log.deployment_id, log.id, shards),
    sk: log.id,
    v,
    n: log.rows,
    s: log.status_code,
    l: log.latency_ms.toFixed(3),
    p:
      predictions === null
        ? undefined
        : predictions.length === 1
          ? JSON.stringify(predictions[0])
          : pack(predictions),
    z: large ? undefined : z,
    r: large ? { key: payloadKey, bytes: z.length } : undefined,
    k: log.key_id,
    q: log.request_id,
    f: log.flags.length > 0 ? log.flags.join() : undefined,
    exp: log.exp,
  };
  return { item, payload: large ? z : undefined };
}

/** The rows of an item as lists show them, newest first. `payload` is what lay apart. */
export function rowsOf(deploymentId: string, item: Record<string, unknown>, payload?: Uint8Array) {
  const id = String(item.sk);
  const rows = Number(item.n);
  const packed = (item.z as Uint8Array | undefined) ?? payload;
  const inputs = packed ? unpackInputs(packed) : undefined;
  const predictions = predictionsOf(item.p);
  const shared = {
    deployment_id: deploymentId,
    latency_ms: Number(item.l),
    status_code: Number(item.s),
    created_at: time(millisecondsOf(id)),
    ...(typeof item.q === 'string' && { request_id: item.q }),
  };
  return Array.from({ length: rows }, (_, i) => ({
    id: rowId(id, i),
    inputs: inputs?.[i] ?? null,
    prediction: predictions?.[i] ?? null,
    ...shared,
  })).reverse();
}

function predictionsOf(p: unknown): (string | number)[] | undefined {
  if (p === undefined) return undefined;
  return (typeof p === 'string' ? [JSON.parse(p)] : unpack(p as Uint8Array)) as (string | number)[];
}
