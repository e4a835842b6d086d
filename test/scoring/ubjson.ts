/** A UBJSON encoder for tests: numbers in the smallest marker that holds them, lists of numbers typed. */

type Numbers = Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** `counted` containers tell their length and have no end; XGBoost writes lists so, and objects not. */
export type Style = { counted: boolean };

const markers = new Map<string, string>([
  ['Int8Array', 'i'],
  ['Uint8Array', 'U'],
  ['Int16Array', 'I'],
  ['Int32Array', 'l'],
  ['Float32Array', 'd'],
  ['Float64Array', 'D'],
]);

export const bytesOfText = (text: string): number[] => [...new TextEncoder().encode(text)];

export function numberBytes(marker: string, value: number): number[] {
  const bytes = Buffer.alloc(8);
  if (marker === 'i') bytes.writeInt8(value);
  else if (marker === 'U') bytes.writeUInt8(value);
  else if (marker === 'I') bytes.writeInt16BE(value);
  else if (marker === 'l') bytes.writeInt32BE(value);
  else if (marker === 'L') bytes.writeBigInt64BE(BigInt(value));
  else if (marker === 'd') bytes.writeFloatBE(value);
  else bytes.writeDoubleBE(value);
  return [...bytes.subarray(0, sizes[marker])];
}

const sizes: Record<string, number> = { i: 1, U: 1, I: 2, l: 4, L: 8, d: 4, D: 8 };

const ranges: [marker: string, least: number, most: number][] = [
  ['i', -128, 127],
  ['U', 0, 255],
  ['I', -32_768, 32_767],
  ['l', -(2 ** 31), 2 ** 31 - 1],
  ['L', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
];

function markerOf(value: number): string {
  if (!Number.isInteger(value) || Object.is(value, -0)) return Math.fround(value) === value ? 'd' : 'D';
  const range = ranges.find(([, least, most]) => value >= least && value <= most);
  return range ? range[0] : 'D';
}

const lengthBytes = (length: number) => ['L'.charCodeAt(0), ...numberBytes('L', length)];
const mark = (marker: string) => marker.charCodeAt(0);
const textBytes = (text: string) => [...lengthBytes(bytesOfText(text).length), ...bytesOfText(text)];

export function encode(value: unknown, style: Style): number[] {
  if (value === null) return [mark('Z')];
  if (typeof value === 'boolean') return [mark(value ? 'T' : 'F')];
  if (typeof value === 'string') return [mark('S'), ...textBytes(value)];
  if (typeof value === 'number') return [mark(markerOf(value)), ...numberBytes(markerOf(value), value)];
  if (ArrayBuffer.isView(value)) return typedBytes(value as Numbers);
  if (Array.isArray(value)) return listBytes(value, style);
  const entries = Object.entries(value as Record<string, unknown>);
  const inside = entries.flatMap(([key, item]) => [...textBytes(key), ...encode(item, style)]);
  return style.counted
    ? [mark('{'), mark('#'), ...lengthBytes(entries.length), ...inside]
    : [mark('{'), ...inside, mark('}')];
}

function listBytes(list: unknown[], style: Style): number[] {
  const inside = list.flatMap((item) => encode(item, style));
  return style.counted
    ? [mark('['), mark('#'), ...lengthBytes(list.length), ...inside]
    : [mark('['), ...inside, mark(']')];
}

function typedBytes(numbers: Numbers): number[] {
  const marker = markers.get(numbers.constructor.name) ?? '';
  const inside = Array.from(numbers).flatMap((value) => numberBytes(marker, value));
  return [mark('['), mark('$'), mark(marker), mark('#'), ...lengthBytes(numbers.length), ...inside];
}
