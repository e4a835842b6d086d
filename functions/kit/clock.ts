import { randomBytes } from 'node:crypto';
import { time } from '../../domain/fields.ts';
import { idAt } from '../../domain/id.ts';

/** The impure things a handler may ask for: the time, a fresh id, randomness. */
export const now = (): string => time(Date.now());
export const newId = (): string => idAt(Date.now(), randomBytes(10));
export const random = (bytes: number): Uint8Array => randomBytes(bytes);
