/**
 * Whole numbers by counter: what a row adds, and what any rows add up to. Whole, so that every order and split gives
 * the same sums, and a row can be taken out again.
 */
export type Sums = ReadonlyMap<string, bigint>;

export const none: Sums = new Map();

/** Counters of 0 are left out: what is taken out again leaves no trace. */
export function add(a: Sums, b: Sums): Sums {
  const sums = new Map(a);
  for (const [counter, amount] of b) put(sums, counter, amount);
  return sums;
}

export function subtract(a: Sums, b: Sums): Sums {
  const sums = new Map(a);
  for (const [counter, amount] of b) put(sums, counter, -amount);
  return sums;
}

/** Of any number of hours. */
export function merge(all: Iterable<Sums>): Sums {
  const sums = new Map<string, bigint>();
  for (const one of all) for (const [counter, amount] of one) put(sums, counter, amount);
  return sums;
}

/** What has to be added for a row whose label is reported again; a first label replaces nothing. */
export const correction = (before: Sums | undefined, after: Sums): Sums => subtract(after, before ?? none);

export const countOf = (sums: Sums, counter: string): number => Number(sums.get(counter) ?? 0n);

function put(sums: Map<string, bigint>, counter: string, amount: bigint): void {
  const sum = (sums.get(counter) ?? 0n) + amount;
  if (sum === 0n) sums.delete(counter);
  else sums.set(counter, sum);
}
