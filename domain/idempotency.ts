import { createHash } from 'node:crypto';

/** What is kept of a request with an Idempotency-Key. */
export interface Kept {
  bh: string;
  state: 'INPROGRESS' | 'COMPLETED';
  owner: string;
  /** Milliseconds until which the owner may still be at work. */
  until: number;
  /** Which attempt owns it, from 1. */
  try: number;
  code?: number;
  body?: string;
}

export const keyForm = /^[\x20-\x7e]{1,255}$/;

/** Where the request is kept: the same key of another caller, or on another path, is another request. */
export const place = (caller: string, method: string, path: string, key: string): string =>
  `I#${createHash('sha256').update([caller, method, path, key].join('\u0000')).digest('hex')}`;

/** Bodies are equal when they mean the same, in whatever order their fields came. */
export const bodyHash = (body: unknown): string => createHash('sha256').update(canonical(body)).digest('hex');

export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`;
}

/** The same attempt of the same request has the same operation, wherever it runs. */
export function operationId(pk: string, attempt: number): string {
  const hex = createHash('sha256').update(`${pk}#${attempt}`).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
