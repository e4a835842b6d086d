const offset = 0x811c9dc5;
const prime = 0x01000193;

/** FNV-1a, 32 bits, of the UTF-8 bytes of a text; half of a surrogate pair counts as U+FFFD, as encoders write it. */
export function fnv1a(text: string): number {
  let hash = offset;
  for (let i = 0; i < text.length; ) {
    const point = text.codePointAt(i) ?? 0;
    i += point > 0xffff ? 2 : 1;
    hash = point < 0x80 ? byte(hash, point) : wide(hash, isHalf(point) ? 0xfffd : point);
  }
  return hash >>> 0;
}

const isHalf = (point: number) => point >= 0xd800 && point <= 0xdfff;

function wide(hash: number, point: number): number {
  if (point < 0x800) return byte(byte(hash, 0xc0 | (point >> 6)), 0x80 | (point & 0x3f));
  const lead =
    point < 0x10000
      ? byte(hash, 0xe0 | (point >> 12))
      : byte(byte(hash, 0xf0 | (point >> 18)), 0x80 | ((point >> 12) & 0x3f));
  return byte(byte(lead, 0x80 | ((point >> 6) & 0x3f)), 0x80 | (point & 0x3f));
}

const byte = (hash: number, value: number) => Math.imul(hash ^ value, prime);
