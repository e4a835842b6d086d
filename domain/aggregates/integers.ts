const base = 128;
/** 2^53 has eight digits of seven bits. */
const mostDigits = 8;

/**
 * A list of whole numbers from 0 to 2^53 as bytes: how many there are, then seven bits of each, lowest first, an eighth
 * bit telling of more. The lowest bytes of all stand together, then the second ones of those that go on: alike bytes
 * are neighbours, so what is deflated is up to a sixth smaller than with each number's bytes together.
 */
export function bytesOf(numbers: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  write(bytes, [numbers.length]);
  write(bytes, numbers);
  return Uint8Array.from(bytes);
}

function write(bytes: number[], numbers: readonly number[]): void {
  for (let rest = numbers; rest.length > 0; ) {
    const longer = rest.filter((n) => n >= base);
    for (const n of rest) bytes.push((n % base) + (n >= base ? base : 0));
    rest = longer.map((n) => Math.floor(n / base));
  }
}

/** Throws a RangeError on bytes that are no such list. */
export function integersOf(bytes: Uint8Array): number[] {
  const head = read(bytes, 0, 1);
  const length = head.numbers[0] as number;
  const { numbers, end } = read(bytes, head.end, length);
  if (end !== bytes.length) throw broken();
  return numbers;
}

function read(bytes: Uint8Array, start: number, length: number): { numbers: number[]; end: number } {
  if (length > bytes.length - start) throw broken();
  const numbers = new Array<number>(length).fill(0);
  let [at, open, weight] = [start, numbers.map((_, i) => i), 1];
  for (let digit = 0; open.length > 0; digit++) {
    if (digit === mostDigits || open.length > bytes.length - at) throw broken();
    const longer: number[] = [];
    for (const i of open) {
      const byte = bytes[at++] as number;
      numbers[i] = (numbers[i] as number) + (byte % base) * weight;
      if (byte >= base) longer.push(i);
    }
    [open, weight] = [longer, weight * base];
  }
  if (numbers.some((n) => n > Number.MAX_SAFE_INTEGER)) throw broken();
  return { numbers, end: at };
}

export const broken = () => new RangeError('These bytes are no packed aggregate');
