/**
 * What an image looks like from outside: `SLPM`, u16 version, u32 header length, the header as JSON, then a
 * little-endian body that starts at the next multiple of 64.
 *
 * An image says nothing of its own hash: whoever keeps it keeps its sha256 beside it and compares before it
 * is decoded. What is checked here turns a cut, foreign or older image into a clear answer.
 */
import { type Numbers, typeOf, types } from './numbers.ts';

/** Another version of the code made the image: it is compiled again from the original artifact. */
export type Recompile = { recompile: true };

export type Image = {
  header: object;
  /** Everything after the header: the memory of the kernels from `bodyAddress` on. */
  body: Uint8Array;
  /** The section as it lies in the image, not a copy. A name that the image lacks is an error. */
  section(name: string): Numbers;
  has(name: string): boolean;
  /** Where the section begins once the body lies at `bodyAddress`. */
  address(name: string): number;
};

/** In the order in which they lie in the body. */
export type Sections = readonly (readonly [name: string, numbers: Numbers])[];

/** Grows with every change of what is inside an image; there is no migration. */
export const imageVersion = 1;

/** Memory addresses below it stay unused, so that no address is 0. */
export const bodyAddress = 64;

const magic = 0x4d50_4c53;
const alignment = 64;
const prefix = 10;

const aligned = (size: number): number => Math.ceil(size / alignment) * alignment;

/** Addresses of sections of these sizes in bytes, for data that point at each other. */
export function place<Name extends string>(sizes: readonly (readonly [Name, number])[]): Map<Name, number> {
  let next = bodyAddress;
  return new Map(
    sizes.map(([name, size]) => {
      const at = next;
      next += aligned(size);
      return [name, at] as const;
    }),
  );
}

type Entry = [name: string, type: string, at: number, length: number];
type Header = { header: object; body: number; sections: Entry[] };

export function encodeImage(header: object, sections: Sections): Uint8Array {
  const places = place(sections.map(([name, numbers]) => [name, numbers.byteLength] as const));
  const entries: Entry[] = sections.map(([name, numbers]) => [
    name,
    typeOf(numbers),
    (places.get(name) ?? 0) - bodyAddress,
    numbers.length,
  ]);
  const body = sections.reduce((size, [, numbers]) => size + aligned(numbers.byteLength), 0);
  const text = new TextEncoder().encode(JSON.stringify({ header, body, sections: entries } satisfies Header));
  const start = aligned(prefix + text.length);
  const bytes = new Uint8Array(start + body);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint16(4, imageVersion, true);
  view.setUint32(6, text.length, true);
  bytes.set(text, prefix);
  for (const [i, [, numbers]] of sections.entries()) {
    const from = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    bytes.set(from, start + (entries[i] as Entry)[2]);
  }
  return bytes;
}

/** Throws an Error when the bytes are no whole image. */
export function decodeImage(bytes: Uint8Array): Image | Recompile {
  if (bytes.length < prefix) throw damaged('it is too short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== magic) throw damaged('it does not begin as one');
  if (view.getUint16(4, true) !== imageVersion) return { recompile: true };
  const length = view.getUint32(6, true);
  if (length > bytes.length - prefix) throw damaged('its header is cut');
  const { header, body: size, sections } = headerOf(bytes.subarray(prefix, prefix + length));
  const start = aligned(prefix + length);
  if (bytes.length - start !== size) throw damaged('its body is cut');
  const body = evenly(bytes, start);
  const found = new Map(sections.map((entry) => [entry[0], checked(entry, size)]));
  const entryOf = (name: string): Entry => {
    const entry = found.get(name);
    if (!entry) throw damaged(`it lacks the section ${name}`);
    return entry;
  };
  return {
    header,
    body,
    section(name) {
      const [, type, at, count] = entryOf(name);
      return types(type).over(body.buffer, body.byteOffset + at, count);
    },
    has: (name) => found.has(name),
    address: (name) => bodyAddress + entryOf(name)[2],
  };
}

export const isRecompile = (decoded: object): decoded is Recompile => 'recompile' in decoded;

export const damaged = (why: string): Error => new Error(`These bytes are no image of a model: ${why}`);

function headerOf(text: Uint8Array): Header {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(text));
  } catch {
    throw damaged('its header cannot be read');
  }
  if (!isHeader(header)) throw damaged('its header is of another kind');
  return header;
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const { header, body, sections } = value as Partial<Header>;
  const isObject = typeof header === 'object' && header !== null;
  return isObject && isSize(body) && Array.isArray(sections) && sections.every(isEntry);
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isEntry = (entry: unknown): entry is Entry =>
  Array.isArray(entry) && typeof entry[0] === 'string' && isSize(entry[2]) && isSize(entry[3]);

function checked(entry: Entry, size: number): Entry {
  const [name, type, at, length] = entry;
  const { width } = types(type);
  if (at % alignment !== 0 || length > size || at + length * width > size)
    throw damaged(`its section ${name} lies outside`);
  return entry;
}

/** Typed arrays need their numbers at multiples of their width: bytes that do not lie so are copied. */
function evenly(bytes: Uint8Array, start: number): Uint8Array {
  const body = bytes.subarray(start);
  return body.byteOffset % 8 === 0 ? body : body.slice();
}
