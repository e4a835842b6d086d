export type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

type Kind = {
  width: number;
  over(buffer: ArrayBufferLike, at: number, length: number): Numbers;
  is(value: unknown): value is Numbers;
};

type NumbersConstructor = (new (
  buffer: ArrayBufferLike,
  at: number,
  length: number,
) => Numbers) & { BYTES_PER_ELEMENT: number };

const kind = (Numbers: NumbersConstructor): Kind => ({
  width: Numbers.BYTES_PER_ELEMENT,
  over: (buffer, at, length) => new Numbers(buffer, at, length),
  is: (value): value is Numbers => value instanceof Numbers,
});

const kinds = new Map<string, Kind>([
  ['u8', kind(Uint8Array)],
  ['i8', kind(Int8Array)],
  ['u16', kind(Uint16Array)],
  ['i16', kind(Int16Array)],
  ['u32', kind(Uint32Array)],
  ['i32', kind(Int32Array)],
  ['f32', kind(Float32Array)],
  ['f64', kind(Float64Array)],
  ['i64', kind(BigInt64Array)],
  ['u64', kind(BigUint64Array)],
]);

/** The kinds of numbers that a section can hold, by the names that stand in headers. */
export function types(name: string): Kind {
  const found = kinds.get(name);
  if (!found) throw new Error('An image has numbers of an unknown type');
  return found;
}

export function typeOf(numbers: Numbers): string {
  for (const [name, { is }] of kinds) if (is(numbers)) return name;
  throw new RangeError('numbers of no known type');
}

export const isNumbers = (value: unknown): value is Numbers => {
  for (const { is } of kinds.values()) if (is(value)) return true;
  return false;
};
