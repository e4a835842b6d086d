interface Entry<T> {
  value: Promise<T>;
  /** When the read began: its age counts from there. */
  at: number;
}

/**
 * Remember what was read, for so many milliseconds, the most recently used of so many. Requests that come while a
 * read is under way wait for that one; what failed and what was not found is never remembered.
 */
export function remembered<T>(
  read: (key: string) => Promise<T | undefined>,
  { age, most }: { age: number; most: number },
): (key: string) => Promise<T | undefined> {
  const entries = new Map<string, Entry<T | undefined>>();
  const forget = (key: string, entry: Entry<T | undefined>) => {
    if (entries.get(key) === entry) entries.delete(key);
  };
  return (key) => {
    const now = Date.now();
    const known = entries.get(key);
    if (known && now - known.at < age) {
      entries.delete(key);
      entries.set(key, known);
      return known.value;
    }
    const entry = { value: read(key), at: now };
    entries.delete(key);
    entries.set(key, entry);
    const oldest = entries.keys().next();
    if (entries.size > most && !oldest.done) entries.delete(oldest.value);
    entry.value.then(
      (value) => value === undefined && forget(key, entry),
      () => forget(key, entry),
    );
    return entry.value;
  };
}
