import type { Item } from './types.ts';
import { itemBytes } from './value.ts';

export type Units = { calls: number; read: number; write: number };

/** What was consumed since the start or the last `reset`, in all and by command. */
export type Meter = { readonly total: Units; readonly by: Map<string, Units> };

const none = (): Units => ({ calls: 0, read: 0, write: 0 });
export const meter = (): Meter => ({ total: none(), by: new Map() });

export function count(on: Meter, command: string, { read = 0, write = 0 }: Partial<Units>): void {
  const own = on.by.get(command) ?? none();
  on.by.set(command, own);
  for (const units of [on.total, own]) {
    units.calls++;
    units.read += read;
    units.write += write;
  }
}

export function reset(on: Meter): void {
  Object.assign(on.total, none());
  on.by.clear();
}

const bytes = (item: Item | undefined): number => (item ? itemBytes(item) : 0);

/** A write costs the larger of what was there and what is there, by the kilobyte, one at least. */
export const writeUnits = (old: Item | undefined, now: Item | undefined): number =>
  Math.max(1, Math.ceil(Math.max(bytes(old), bytes(now)) / 1024));

/** A read costs four kilobytes a unit, half of that when it need not be the newest. */
export const readUnits = (size: number, consistent: boolean): number =>
  Math.max(1, Math.ceil(size / 4096)) * (consistent ? 1 : 0.5);

export const readItemUnits = (item: Item | undefined, consistent: boolean): number =>
  readUnits(bytes(item), consistent);
