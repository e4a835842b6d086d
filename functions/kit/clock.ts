import { randomBytes } from 'node:crypto';
import { time } from '../../domain/fields.ts';
import { idAt } from '../../domain/id.ts';

/** The impure things a handler may ask for: the time, a fresh id, randomness. */
export const now = (): string => time(Date.now());
export const newId = (): string => idAt(Date.now(), drawn(10));
export const random = (bytes: number): Uint8Array => randomBytes(bytes);

let pool = Buffer.alloc(0);

/** Ten bytes cost as much to draw as four thousand: they are drawn together, and used once. */
function drawn(bytes: number): Uint8Array {
  if (pool.length < bytes) pool = randomBytes(4_000);
  const some = pool.subarray(0, bytes);
  pool = pool.subarray(bytes);
  return some;
}
