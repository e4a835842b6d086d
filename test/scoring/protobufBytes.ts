/** Writes protocol buffers, for tests: a message is a list of fields by number. */
export type Field = [number: number, value: Value];
type Value =
  | number
  | string
  | Uint8Array
  | Field[]
  | { floats: number[] }
  | { packed: number[] }
  | { float: number }
  | { double: number };

/** As 64 bits with a sign, seven of them a byte. */
export function varintBytes(value: number): number[] {
  if (value >= 0 && value < 128) return [value];
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

const little = (view: Float32Array | Float64Array) => new Uint8Array(view.buffer);

function payload(value: Exclude<Value, number>): Uint8Array {
  if (typeof value === 'string') return new TextEncoder().encode(value);
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return message(value);
  if ('floats' in value) return little(Float32Array.from(value.floats));
  return 'packed' in value ? Uint8Array.from(value.packed.flatMap(varintBytes)) : new Uint8Array(0);
}

/** The parts of one field: its key, and what stands behind it. */
function parts([number, value]: Field): Uint8Array[] {
  const key = (wire: number) => Uint8Array.from(varintBytes(number * 8 + wire));
  if (typeof value === 'number') return [key(0), Uint8Array.from(varintBytes(value))];
  if (typeof value === 'object' && 'float' in value) return [key(5), little(Float32Array.of(value.float))];
  if (typeof value === 'object' && 'double' in value) return [key(1), little(Float64Array.of(value.double))];
  const bytes = payload(value);
  return [key(2), Uint8Array.from(varintBytes(bytes.length)), bytes];
}

export function message(fields: readonly Field[]): Uint8Array {
  const all = fields.flatMap(parts);
  const bytes = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let next = 0;
  for (const part of all) {
    bytes.set(part, next);
    next += part.length;
  }
  return bytes;
}
