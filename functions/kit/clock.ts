import { randomBytes } from 'node:crypto';
import { time } from '../../domain/fields.ts';
import { idAt } from '../../domain/id.ts';

/** The impure things a handler may ask for: the time, a fresh id, randomness. */
export const now = (): string => time(Date.now());
export const random = (bytes: number): Uint8Array => randomBytes(bytes);

const last = { milliseconds: 0, count: 0 };
const mostCount = 0xfff;

/**
 * A fresh UUIDv7. Those of one millisecond sort as they were made, as long as one function makes them: twelve bits count
 * within it, from a random begin (RFC 9562, 6.2).
 */
export function newId(): string {
  const milliseconds = Date.now();
  const bytes = drawn(10);
  const begin = (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) & 0x7ff;
  last.count = milliseconds === last.milliseconds ? Math.min(last.count + 1, mostCount) : begin;
  last.milliseconds = milliseconds;
  bytes[0] = last.count >> 8;
  bytes[1] = last.count & 0xff;
  return idAt(milliseconds, bytes);
}

let pool = Buffer.alloc(0);

/** Ten bytes cost as much to draw as four thousand: they are drawn together, and used once. */
function drawn(bytes: number): Uint8Array {
  if (pool.length < bytes) pool = randomBytes(4_000);
  const some = pool.subarray(0, bytes);
  pool = pool.subarray(bytes);
  return some;
}
