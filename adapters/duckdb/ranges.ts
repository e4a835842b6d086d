import type { ByteRange } from '../../iceberg/ports.ts';

/** A gap smaller than this is cheaper to transfer than to skip. */
const gap = 256 * 1024;
/** Of one request. */
const largest = 8 * 1024 * 1024;

/** The fewest requests for some ranges below `end`: what is near is joined, what is long is cut. */
export function joined(ranges: readonly ByteRange[], end: number): ByteRange[] {
  const parts: ByteRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const own = { start: range.start, end: Math.min(range.end, end) };
    const last = parts.at(-1);
    if (own.end <= own.start) continue;
    if (last && own.start - last.end < gap) last.end = Math.max(last.end, own.end);
    else parts.push(own);
  }
  return parts.flatMap(pieces);
}

function pieces({ start, end }: ByteRange): ByteRange[] {
  return Array.from({ length: Math.ceil((end - start) / largest) }, (_, i) => ({
    start: start + i * largest,
    end: Math.min(start + (i + 1) * largest, end),
  }));
}
