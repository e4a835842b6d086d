import { setTimeout as sleep } from 'node:timers/promises';
import { busy } from '../../domain/problem.ts';
import { type Item, isContended, transact } from './transact.ts';

const patience = { milliseconds: 3_000, first: 5, most: 250 };

/**
 * Try until something comes of it. Every try decides anew from a fresh read; undefined says that what it had read has
 * changed meanwhile. Problem `busy` after three seconds.
 */
export async function again<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  const began = Date.now();
  for (let tried = 0; tried === 0 || Date.now() - began < patience.milliseconds; tried++) {
    if (tried > 0) await sleep(Math.random() * Math.min(patience.most, patience.first * 2 ** tried));
    const settled = await attempt();
    if (settled !== undefined) return settled;
  }
  throw busy();
}

/** One transaction of such a try; false: decide anew. */
export const written = (operationId: string, items: Item[]): Promise<boolean> =>
  transact(operationId, items).catch((error) => {
    if (isContended(error)) return false;
    throw error;
  });
