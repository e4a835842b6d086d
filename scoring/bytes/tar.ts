import { gunzipSync } from 'node:zlib';
import { type Caps, caps as defaultCaps } from '../caps.ts';
import { malformed, refuse, tooLarge } from '../refusals.ts';
import { checkPath, type Directory, directoryOf } from './directory.ts';

const block = 512;
const utf8 = new TextDecoder();
const damaged = (at?: string) => malformed('The tar archive is damaged or cut off.', at);
const unsafe = (what: string) =>
  refuse('unsafe', `The tar archive ${what}.`, 'Pack the model again as plain files.');

/** Undoes gzip (RFC 1952) within the caps on its size and on how many times it may grow. */
export function gunzip(bytes: Uint8Array, limits: Caps = defaultCaps): Uint8Array {
  const most = Math.min(limits.inflatedBytes, limits.inflateRatio * bytes.length);
  try {
    const plain = gunzipSync(bytes, { maxOutputLength: most });
    return new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength);
  } catch (error) {
    if (error instanceof RangeError)
      throw tooLarge('The compressed file inflates to far more than its size.');
    throw malformed('The compressed file is damaged or cut off.');
  }
}

/** Is there a header whose checksum is right? */
export const isTar = (bytes: Uint8Array): boolean => bytes.length >= block && hasChecksum(bytes, 0);

/**
 * Opens a tar archive: ustar (POSIX.1-1988), pax (POSIX.1-2001) and GNU long names. Refused: links, devices,
 * sparse files, duplicate names, and paths that lead outside.
 */
export function openTar(bytes: Uint8Array, limits: Caps = defaultCaps): Directory {
  const files = new Map<string, Uint8Array>();
  let longName: string | undefined;
  for (const { at, type, data } of entriesOf(bytes)) {
    if (isLongName(type)) longName = nameIn(type, data) ?? longName;
    else {
      const path = longName ?? pathAt(bytes, at);
      longName = undefined;
      if (isFile(type) && !path.endsWith('/')) addFile(files, path, data, limits);
    }
  }
  return directoryOf([...files.keys()], (path) => files.get(path));
}

type Entry = { at: number; type: string; data: Uint8Array };

/** Headers with the bytes after them; a block of zeros ends the archive. */
function* entriesOf(bytes: Uint8Array): Generator<Entry> {
  for (let at = 0; at + block <= bytes.length && bytes[at] !== 0; ) {
    if (!hasChecksum(bytes, at)) throw damaged(`byte ${at}`);
    const start = at + block;
    const size = octalAt(bytes, at + 124, 12);
    if (size > bytes.length - start) throw damaged(`byte ${at}`);
    yield {
      at,
      type: String.fromCharCode(bytes[at + 156] as number),
      data: bytes.subarray(start, start + size),
    };
    at = start + Math.ceil(size / block) * block;
  }
}

const isLongName = (type: string) => type === 'x' || type === 'L';
const nameIn = (type: string, data: Uint8Array) =>
  type === 'x' ? paxPath(data) : textIn(data, 0, data.length);

/** Directories and headers for the whole archive say nothing that is needed. */
function isFile(type: string): boolean {
  if (type === '5' || type === 'g') return false;
  if (type === '0' || type === '\0' || type === '7') return true;
  throw unsafe('holds a link, a device or another thing that is no file');
}

function addFile(files: Map<string, Uint8Array>, path: string, data: Uint8Array, limits: Caps): void {
  const name = checkPath(path.startsWith('./') ? path.slice(2) : path);
  if (data.length > limits.entryBytes) throw tooLarge('A file inside the archive is too large.');
  if (files.size >= limits.entries) throw tooLarge(`The archive holds more than ${limits.entries} files.`);
  if (files.has(name)) throw unsafe('names a file twice');
  files.set(name, data);
}

/** Text up to its first zero byte. */
function textIn(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return utf8.decode(end < 0 ? field : field.subarray(0, end));
}

/** An octal number; the binary form for more than 8 GiB is none. */
function octalAt(bytes: Uint8Array, start: number, length: number): number {
  const text = textIn(bytes, start, length).trim();
  if (!/^[0-7]{1,12}$/.test(text)) throw damaged(`byte ${start}`);
  return Number.parseInt(text, 8);
}

function pathAt(bytes: Uint8Array, at: number): string {
  const name = textIn(bytes, at, 100);
  const isUstar = textIn(bytes, at + 257, 6) === 'ustar' && bytes[at + 263] === 0x30;
  const prefix = isUstar ? textIn(bytes, at + 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** All bytes of a header together, its own checksum counted as spaces. */
function hasChecksum(bytes: Uint8Array, at: number): boolean {
  const text = textIn(bytes, at + 148, 8).trim();
  let sum = 0;
  for (let i = 0; i < block; i++) sum += i >= 148 && i < 156 ? 0x20 : (bytes[at + i] as number);
  return /^[0-7]{1,7}$/.test(text) && Number.parseInt(text, 8) === sum;
}

/** Records such as `20 path=long/name\n`, each beginning with its own length. */
function paxPath(data: Uint8Array): string | undefined {
  let path: string | undefined;
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const length = Number(utf8.decode(data.subarray(at, Math.min(space, at + 12))));
    const end = at + length;
    if (!(Number.isInteger(length) && space > 0 && end > space && end <= data.length)) throw damaged('pax');
    const record = utf8.decode(data.subarray(space + 1, end - 1));
    if (record.startsWith('path=')) path = record.slice(5);
    if (/^(size|linkpath|GNU\.sparse)/.test(record)) throw unsafe('holds a link or a sparse file');
    at = end;
  }
  return path;
}
