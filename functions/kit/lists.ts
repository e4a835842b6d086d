/** One page of what was found. */
export const paged = <T>(items: readonly T[], { limit, offset }: { limit: number; offset: number }) => ({
  items: items.slice(offset, offset + limit),
  total: items.length,
  limit,
  offset,
});

/** In order of a value; equals newest first, what has no value last. */
export function sorted<T extends { id: string }>(
  items: readonly T[],
  by: (item: T) => string | number | undefined,
  direction: 'asc' | 'desc',
): T[] {
  const sign = direction === 'asc' ? 1 : -1;
  return items.toSorted((a, b) => {
    const [x, y] = [by(a), by(b)];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    if (x === y) return a.id < b.id ? 1 : -1;
    return x < y ? -sign : sign;
  });
}

/** Do something for each of many, a few at a time. */
export async function each<T, R>(
  items: readonly T[],
  run: (item: T) => Promise<R>,
  atOnce = 16,
): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += atOnce)
    results.push(...(await Promise.all(items.slice(i, i + atOnce).map(run))));
  return results;
}
