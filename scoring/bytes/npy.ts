import { malformed, refuse } from '../refusals.ts';

/**
 * An array as NumPy's .npy format holds it (versions 1 to 3, numpy.lib.format): little-endian numbers, truth values,
 * texts, or records of numbers. Nothing is copied before `npyNumbers` or `npyTexts` ask for it.
 */
export type Npy = {
  shape: number[];
  /** How many elements the shape holds; the file holds exactly as many. */
  count: number;
  fortran: boolean;
  element: Element;
  /** Of a record, by name; else empty. */
  fields: Map<string, Element>;
  /** Bytes from one element to the next. */
  stride: number;
  view: DataView;
};

type Element = { kind: 'f' | 'i' | 'u' | 'b' | 'U' | 'V'; size: number; offset: number };

const longestHeader = 65_536;
const mostDimensions = 32;
const header =
  /^\{'descr': (.+), 'fortran_order': (True|False), 'shape': \(((?:\d{1,15}, ?)*(?:\d{1,15})?)\), \}\s*$/;

const damaged = (at: string) => malformed('An array of the file is damaged.', at);

/** Throws the refusal of what is no such array, or one whose shape does not fill its file exactly. */
export function readNpy(bytes: Uint8Array, at: string): Npy {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = headerEnd(bytes, view, at);
  const from = start.wide ? 12 : 10;
  const [, descr = '', order, dimensions = ''] =
    header.exec(new TextDecoder().decode(bytes.subarray(from, start.end))) ?? [];
  const shape = dimensions
    .split(',', mostDimensions + 1)
    .flatMap((n) => (n.trim() === '' ? [] : [Number(n)]));
  if (descr === '' || shape.length > mostDimensions) throw damaged(at);
  const { element, fields, stride } = typeOf(descr, at);
  // Sizes beyond 2^53 lose digits, but are still far beyond any file.
  const count = shape.reduce((product, n) => product * n, 1);
  if (count * stride !== bytes.length - start.end) throw damaged(at);
  const data = new DataView(bytes.buffer, bytes.byteOffset + start.end, bytes.length - start.end);
  return { shape, count, fortran: order === 'True' && shape.length > 1, element, fields, stride, view: data };
}

function headerEnd(bytes: Uint8Array, view: DataView, at: string): { wide: boolean; end: number } {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59].every((byte, i) => bytes[i] === byte);
  if (!magic || bytes.length < 12) throw damaged(at);
  const version = view.getUint8(6);
  if (version < 1 || version > 3) throw damaged(at);
  const wide = version > 1;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const end = (wide ? 12 : 10) + length;
  if (length > longestHeader || end > bytes.length) throw damaged(at);
  return { wide, end };
}

function typeOf(descr: string, at: string): Pick<Npy, 'element' | 'fields' | 'stride'> {
  const fields = new Map<string, Element>();
  if (!descr.startsWith('[')) {
    const element = elementOf(descr.slice(1, -1), 0, at);
    if (descr !== `'${descr.slice(1, -1)}'` || element.kind === 'V') throw damaged(at);
    return { element, fields, stride: element.size };
  }
  const parts = [...descr.matchAll(/\('([^'\\]{0,100})', '([^'\\]{1,20})'\)/g)];
  if (descr !== `[${parts.map(([part]) => part).join(', ')}]`) throw damaged(at);
  let stride = 0;
  for (const [, name = '', type = ''] of parts) {
    const field = elementOf(type, stride, at);
    stride += field.size;
    // Padding has no name, and may stand more than once.
    if (field.kind !== 'V') fields.set(name, field);
  }
  return { element: { kind: 'V', size: stride, offset: 0 }, fields, stride };
}

const sizes = { f: [4, 8], i: [1, 2, 4, 8], u: [1, 2, 4, 8], b: [1] } as const;

function elementOf(type: string, offset: number, at: string): Element {
  if (type === '|O')
    throw refuse(
      'unsafe',
      'An array of the file holds a pickle, which is never loaded.',
      'Save it with skops.',
      at,
    );
  const [, order, letter, digits] = /^([<|])([fiubUV])(\d{1,9})$/.exec(type) ?? [];
  const kind = letter as Element['kind'] | undefined;
  const size = Number(digits) * (kind === 'U' ? 4 : 1);
  if (kind === 'U' || kind === 'V') return { kind, size, offset };
  if (kind && (sizes[kind] as readonly number[]).includes(size) && (order === '<' || size === 1))
    return { kind, size, offset };
  throw malformed('An array of the file has a type of numbers that is not known here.', at);
}

/** One field of an array of records, as an array of its own on the same bytes. */
export function npyField(npy: Npy, name: string): Npy | undefined {
  const element = npy.fields.get(name);
  return element && { ...npy, element, fields: new Map() };
}

/** All numbers, row by row whatever their order in the file; truth values are 1 and 0. */
export function npyNumbers(npy: Npy, at: string): Float64Array {
  const read = numberReader(npy, at);
  const numbers = new Float64Array(npy.count);
  eachElement(npy, (byte, i) => {
    numbers[i] = read(byte);
  });
  return numbers;
}

/** Every element as Python prints it: whole numbers with all their digits. */
export function npyTexts(npy: Npy, at: string): string[] {
  const texts = new Array<string>(npy.count);
  const read = textReader(npy, at);
  eachElement(npy, (byte, i) => {
    texts[i] = read(byte);
  });
  return texts;
}

/** Calls with the byte of each element and its place in row-major order. */
function eachElement(
  { shape, count, fortran, stride, element }: Npy,
  call: (byte: number, i: number) => void,
) {
  if (!fortran) {
    for (let i = 0; i < count; i++) call(i * stride + element.offset, i);
    return;
  }
  const index = new Array<number>(shape.length).fill(0);
  const steps = shape.map((_, d) => shape.slice(0, d).reduce((product, n) => product * n, 1));
  let place = 0;
  for (let i = 0; i < count; i++) {
    call(place * stride + element.offset, i);
    for (let d = shape.length - 1; d >= 0; d--) {
      const next = (index[d] as number) + 1;
      place += steps[d] as number;
      if (next < (shape[d] as number)) {
        index[d] = next;
        break;
      }
      index[d] = 0;
      place -= next * (steps[d] as number);
    }
  }
}

function numberReader({ view, element: { kind, size } }: Npy, at: string): (byte: number) => number {
  switch (`${kind}${size}`) {
    case 'f8':
      return (byte) => view.getFloat64(byte, true);
    case 'f4':
      return (byte) => view.getFloat32(byte, true);
    case 'i8':
      return (byte) => Number(view.getBigInt64(byte, true));
    case 'u8':
      return (byte) => Number(view.getBigUint64(byte, true));
    case 'i4':
      return (byte) => view.getInt32(byte, true);
    case 'u4':
      return (byte) => view.getUint32(byte, true);
    case 'i2':
      return (byte) => view.getInt16(byte, true);
    case 'u2':
      return (byte) => view.getUint16(byte, true);
    case 'i1':
      return (byte) => view.getInt8(byte);
    case 'u1':
      return (byte) => view.getUint8(byte);
    case 'b1':
      return (byte) => (view.getUint8(byte) === 0 ? 0 : 1);
  }
  throw malformed('An array of numbers holds something else.', at);
}

function textReader(npy: Npy, at: string): (byte: number) => string {
  const { view, element } = npy;
  if (element.kind === 'U') return (byte) => lettersAt(view, byte, element.size, at);
  if (element.kind === 'i' && element.size === 8) return (byte) => String(view.getBigInt64(byte, true));
  if (element.kind === 'u' && element.size === 8) return (byte) => String(view.getBigUint64(byte, true));
  const number = numberReader(npy, at);
  if (element.kind === 'b') return (byte) => (number(byte) === 1 ? 'True' : 'False');
  if (element.kind === 'f') return (byte) => floatText(number(byte));
  return (byte) => String(number(byte));
}

/** Python writes 1.0 where JavaScript writes 1. */
export const floatText = (value: number): string =>
  Number.isInteger(value) ? value.toFixed(1) : String(value);

/** Four bytes a letter, filled up with zeros. */
function lettersAt(view: DataView, byte: number, size: number, at: string): string {
  let end = size;
  while (end > 0 && view.getUint32(byte + end - 4, true) === 0) end -= 4;
  let text = '';
  for (let i = 0; i < end; i += 4) {
    const letter = view.getUint32(byte + i, true);
    if (letter > 0x10ffff) throw damaged(at);
    text += String.fromCodePoint(letter);
  }
  return text;
}
