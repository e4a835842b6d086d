interface Entry<T> {
  value: Promise<T>;
  /** When the read began: its age counts from there. */
  at: number;
  weight: number;
}

interface Bounds<T> {
  /** Milliseconds that a value is used for. */
  age: number;
  /** How many values are kept. */
  most: number;
  /** What the values may weigh together; the one that was asked for last is kept however heavy it is. */
  heaviest?: number;
  weigh?(value: T): number;
}

/**
 * Remember what was read, the most recently used. Requests that come while a read is under way wait for that one;
 * what failed and what was not found is never remembered.
 */
export function remembered<T>(
  read: (key: string) => Promise<T | undefined>,
  { age, most, heaviest = Number.POSITIVE_INFINITY, weigh = () => 0 }: Bounds<T>,
): (key: string) => Promise<T | undefined> {
  const entries = new Map<string, Entry<T | undefined>>();
  const forget = (key: string, entry: Entry<T | undefined>) => {
    if (entries.get(key) === entry) entries.delete(key);
  };
  const tooHeavy = () => {
    let weight = 0;
    for (const entry of entries.values()) weight += entry.weight;
    return weight > heaviest;
  };
  const forgetOldest = () => {
    const oldest = entries.keys().next();
    if (!oldest.done) entries.delete(oldest.value);
  };
  return (key) => {
    const now = Date.now();
    const known = entries.get(key);
    if (known && now - known.at < age) {
      entries.delete(key);
      entries.set(key, known);
      return known.value;
    }
    const entry: Entry<T | undefined> = { value: read(key), at: now, weight: 0 };
    entries.delete(key);
    entries.set(key, entry);
    if (entries.size > most) forgetOldest();
    entry.value.then(
      (value) => {
        if (value === undefined) return forget(key, entry);
        entry.weight = weigh(value);
        while (entries.size > 1 && tooHeavy()) forgetOldest();
      },
      () => forget(key, entry),
    );
    return entry.value;
  };
}
