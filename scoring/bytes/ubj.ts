import { type Caps, caps as defaultCaps } from '../caps.ts';
import { malformed, tooLarge } from '../refusals.ts';

/** Typed lists by the marker of their elements, with what one element takes in the file. */
const lists = new Map<string, { size: number; make: (length: number) => Numbers }>([
  ['i', { size: 1, make: (length) => new Int8Array(length) }],
  ['U', { size: 1, make: (length) => new Uint8Array(length) }],
  ['I', { size: 2, make: (length) => new Int16Array(length) }],
  ['l', { size: 4, make: (length) => new Int32Array(length) }],
  ['L', { size: 8, make: (length) => new Float64Array(length) }],
  ['d', { size: 4, make: (length) => new Float32Array(length) }],
  ['D', { size: 8, make: (length) => new Float64Array(length) }],
]);

type Numbers = Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array;

type File = {
  bytes: Uint8Array;
  view: DataView;
  caps: Caps;
  at: number;
  depth: number;
  containers: number;
  parts: number;
};

const utf8 = new TextDecoder('utf-8', { fatal: true });
const damaged = (file: File) => malformed('The file is not valid UBJSON.', `byte ${file.at}`);

/**
 * Parses Universal Binary JSON (draft 12, ubjson.org, big-endian) as XGBoost writes it: lists of numbers become
 * typed arrays, objects have no prototype. Refused: what XGBoost never writes (no-ops, numbers written as text, typed
 * lists of anything but numbers), and bytes after the end.
 */
export function parseUbj(bytes: Uint8Array, caps: Caps = defaultCaps): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const file: File = { bytes, view, caps, at: 0, depth: 0, containers: 0, parts: 0 };
  const value = valueIn(file, markerIn(file));
  if (file.at !== bytes.length) throw damaged(file);
  return value;
}

/** Where the next `length` bytes start, if there are as many. */
function take(file: File, length: number): number {
  if (length > file.bytes.length - file.at) throw damaged(file);
  const start = file.at;
  file.at += length;
  return start;
}

const markerIn = (file: File): string => String.fromCharCode(file.bytes[take(file, 1)] as number);
const isNext = (file: File, marker: string): boolean => file.bytes[file.at] === marker.charCodeAt(0);

function skipIf(file: File, marker: string): boolean {
  const is = isNext(file, marker);
  if (is) file.at++;
  return is;
}

function valueIn(file: File, marker: string): unknown {
  if (++file.parts > file.caps.jsonStrings) throw tooLarge('The UBJSON has too many parts.');
  switch (marker) {
    case '{':
      return within(file, objectIn);
    case '[':
      return within(file, listIn);
    case 'S':
      return textIn(file, lengthIn(file));
    case 'C':
      return textIn(file, 1);
    case 'T':
      return true;
    case 'F':
      return false;
    case 'Z':
      return null;
    default:
      return numberIn(file, marker);
  }
}

function within<T>(file: File, read: (file: File) => T): T {
  if (++file.depth > file.caps.nesting)
    throw tooLarge(`The UBJSON is nested deeper than ${file.caps.nesting}.`);
  if (++file.containers > file.caps.jsonContainers) throw tooLarge('The UBJSON has too many parts.');
  const value = read(file);
  file.depth--;
  return value;
}

function objectIn(file: File): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null);
  const count = skipIf(file, '#') ? lengthIn(file) : undefined;
  for (let i = 0; count === undefined ? !skipIf(file, '}') : i < count; i++) {
    const key = textIn(file, lengthIn(file));
    object[key] = valueIn(file, markerIn(file));
  }
  return object;
}

function listIn(file: File): unknown[] | Numbers {
  const type = skipIf(file, '$') ? markerIn(file) : undefined;
  if (type !== undefined && !isNext(file, '#')) throw damaged(file);
  const count = skipIf(file, '#') ? lengthIn(file) : undefined;
  if (type !== undefined) return numbersIn(file, type, count ?? 0);
  const list: unknown[] = [];
  for (let i = 0; count === undefined ? !skipIf(file, ']') : i < count; i++)
    list.push(valueIn(file, markerIn(file)));
  return list;
}

function numbersIn(file: File, type: string, count: number): Numbers {
  const kind = lists.get(type);
  if (!kind) throw damaged(file);
  const end = file.at + count * kind.size;
  if (end > file.bytes.length) throw damaged(file);
  const numbers = kind.make(count);
  for (let i = 0; i < count; i++) numbers[i] = numberIn(file, type);
  return numbers;
}

function numberIn(file: File, marker: string): number {
  const { view } = file;
  switch (marker) {
    case 'i':
      return view.getInt8(take(file, 1));
    case 'U':
      return view.getUint8(take(file, 1));
    case 'I':
      return view.getInt16(take(file, 2));
    case 'l':
      return view.getInt32(take(file, 4));
    case 'L':
      return Number(view.getBigInt64(take(file, 8)));
    case 'd':
      return view.getFloat32(take(file, 4));
    case 'D':
      return view.getFloat64(take(file, 8));
    default:
      throw damaged(file);
  }
}

/** No list is longer than the file, and neither is a text. */
function lengthIn(file: File): number {
  const marker = markerIn(file);
  const length = marker === 'd' || marker === 'D' ? -1 : numberIn(file, marker);
  if (length >= 0 && length <= file.bytes.length) return length;
  throw damaged(file);
}

function textIn(file: File, length: number): string {
  const start = take(file, length);
  try {
    return utf8.decode(file.bytes.subarray(start, start + length));
  } catch {
    throw damaged(file);
  }
}
