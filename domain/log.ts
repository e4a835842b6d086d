import type { Deployment } from './deployment.ts';
import { millisecondsOf } from './id.ts';

/** One request as it is logged: the rows of a list share an item. */
export interface Log {
  /** UUIDv7 of row 0; its last twelve bits are 0, those of row i are i. */
  id: string;
  deployment_id: string;
  rows: number;
  status_code: number;
  latency_ms: number;
  /** One per row; null where the request failed, and where nothing may stand for one. */
  predictions: (string | number | null)[] | null;
  /** The model's own columns of each row; null where they are not to be kept. */
  inputs: Record<string, unknown>[] | null;
  /** Of each row its bins against the model's baseline; none where there is no baseline or the request failed. */
  bins?: readonly Uint8Array[] | null;
  /** Of each row the probability of each class, in the model's order; none where the model gives none or many. */
  probabilities?: readonly (readonly number[])[] | null;
  /** Of each row how many values of each type of personal data were replaced in it; null where none were. */
  found?: readonly Readonly<Record<string, number>>[] | null;
  request_id?: string;
  key_id: string;
  flags: string[];
  /** Epoch seconds. */
  exp: number;
}

/** Of models with more classes no probabilities are logged: they would outweigh the rest. */
export const mostLoggedClasses = 20;

/** The id of a request's log: a fresh id whose rows have room in its last twelve bits. */
export const logId = (fresh: string): string => `${fresh.slice(0, -3)}000`;

/** Which row of its request an id is of. */
export const rowOf = (id: string): number => Number.parseInt(id.slice(-3), 16);

/** The hour of a time, as partition keys spell it. */
export const hourOf = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().slice(0, 13).replaceAll(/[-T]/g, '');

/** An id carries its own address: the hour from its time, the shard from its random part. */
export const partition = (deploymentId: string, id: string, shards: number): string =>
  `${deploymentId}#${hourOf(millisecondsOf(id))}#${shard(Number.parseInt(id.slice(24, 33), 16) % shards)}`;

export const shard = (n: number): string => String(n).padStart(2, '0');

/** Clocks of different machines differ: what another one has logged may seem to lie ahead. */
const skew = 5 * 60_000;

/** Both ends exclusive: between two neighbouring milliseconds lies nothing. */
export const isEmpty = ({ since, until }: { since: number; until: number }): boolean => until - since < 2;

/** The time that a list looks at, both ends exclusive: not before the deployment was made, not before its logs end. */
export function windowOf(
  deployment: Pick<Deployment, 'created_at' | 'retention_days'>,
  { since, until }: { since?: string; until?: string },
  now: number,
): { since: number; until: number } {
  const earliest = Math.max(
    Date.parse(deployment.created_at) - skew,
    // To a second, as logs expire: what is counted by seconds need not be counted by ids for this end.
    Math.ceil((now - deployment.retention_days * 86_400_000) / 1000) * 1000,
  );
  return {
    since: Math.max(earliest, since ? Date.parse(since) : 0),
    until: until ? Math.min(Date.parse(until), now + skew) : now + skew,
  };
}
