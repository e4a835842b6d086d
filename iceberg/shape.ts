import { malformed } from './fault.ts';
import type { Json, JsonObject } from './json64.ts';

/** Readers of untrusted JSON: each gives the value or throws a fault that names its place, `metadata.schemas[0].fields`. */

export const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

export function objectAt(json: Json | undefined, place: string): JsonObject {
  if (!isObject(json)) throw malformed(`${place} is not an object`);
  return json;
}

/** A list read item by item; an absent one is empty unless it is required. */
export function listAt<T>(
  json: Json | undefined,
  place: string,
  read: (item: Json, place: string) => T,
): T[] {
  if (!Array.isArray(json)) throw malformed(`${place} is not a list`);
  return json.map((item, i) => read(item, `${place}[${i}]`));
}

export function textAt(json: Json | undefined, place: string): string {
  if (typeof json !== 'string') throw malformed(`${place} is not a text`);
  return json;
}

/** An integer within 2^53. */
export function integerAt(json: Json | undefined, place: string): number {
  if (typeof json !== 'number' || !Number.isSafeInteger(json)) throw malformed(`${place} is not an integer`);
  return json;
}

/** A 63-bit id, whatever its size. */
export function idAt(json: Json | undefined, place: string): bigint {
  if (typeof json === 'bigint') return json;
  return BigInt(integerAt(json, place));
}

/** Null counts as absent: writers of version 1 spell what they do not know either way. */
export function optional<T>(
  json: Json | undefined,
  place: string,
  read: (json: Json, place: string) => T,
): T | undefined {
  return json === undefined || json === null ? undefined : read(json, place);
}

export function textsAt(json: Json | undefined, place: string): Record<string, string> {
  const entries = Object.entries(objectAt(json, place));
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'string' ? value : String(value)]),
  );
}
