import { noPickle } from '../../foreign.ts';
import type { Ir } from '../../ir.ts';
import { refuse } from '../../refusals.ts';
import type { Values } from '../features.ts';
import { readLightgbm } from './model.ts';

const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const first = latin('tree\nversion=');
const last = latin('\npandas_categorical:');
const key = latin('best_iteration');

/**
 * The model text that LightGBM's Python objects carry, cut out of their pickle by its first and last lines. The
 * pickle is a program and is never run; its other contents, the names of classes among them, are not read.
 */
export function readPickled(
  bytes: Uint8Array,
  options: { values?: Values; trees?: 'best' | 'all' },
): { ir: Ir; notes: string[] } {
  const start = find(bytes, first, 0);
  const tail = start < 0 ? -1 : find(bytes, last, start);
  const end = tail < 0 ? -1 : bytes.indexOf(0x0a, tail + last.length);
  if (end < 0 || find(bytes, first, end) >= 0)
    throw refuse('unsafe', 'A Python pickle is a program and is never loaded.', noPickle);
  const best = options.trees === 'all' ? 0 : bestIteration(bytes, end);
  const ir = readLightgbm(bytes.subarray(start, end + 1), { ...options, iterations: best || undefined });
  const notes = ['The LightGBM model was cut out of a pickle, which was not run.'];
  if (best > 0) notes.push(`Early stopping kept the first ${best} iterations.`);
  if (ir.output.classes.length > 0) notes.push('Classes are numbered from 0, in the order of their labels.');
  return { ir, notes };
}

function find(bytes: Uint8Array, what: Uint8Array, from: number): number {
  for (
    let at = bytes.indexOf(what[0] as number, from);
    at >= 0;
    at = bytes.indexOf(what[0] as number, at + 1)
  )
    if (what.every((byte, i) => bytes[at + i] === byte)) return at;
  return -1;
}

/**
 * The number beside the booster's own key `best_iteration`, 0 where there is none: the text may hold more trees than
 * its library would use. The key's text is a counted one, then comes a place in the memo, then a number of 1, 2 or 4
 * bytes.
 */
function bestIteration(bytes: Uint8Array, from: number): number {
  for (let at = find(bytes, key, from); at >= 0; at = find(bytes, key, at + 1)) {
    const counted = bytes[at - 1] === key.length || bytes[at - 4] === key.length;
    if (counted) return numberAfter(bytes, at + key.length);
  }
  return 0;
}

const opcode = { memo: 0x94, put: 0x71, longPut: 0x72, byte: 0x4b, short: 0x4d, int: 0x4a } as const;

function numberAfter(bytes: Uint8Array, key: number): number {
  const skipped: Record<number, number> = { [opcode.memo]: 1, [opcode.put]: 2, [opcode.longPut]: 5 };
  const at = key + (skipped[bytes[key] ?? 0] ?? 0);
  const [low = 0, second = 0, third = 0, high = 0] = bytes.subarray(at + 1, at + 5);
  if (bytes[at] === opcode.byte) return low;
  if (bytes[at] === opcode.short) return low + second * 256;
  if (bytes[at] === opcode.int && high < 128) return low + second * 256 + third * 65_536 + high * 2 ** 24;
  return 0;
}
