import { crc32, inflateRawSync } from 'node:zlib';
import { type Caps, caps as defaultCaps } from '../caps.ts';
import { malformed, refuse, tooLarge } from '../refusals.ts';
import { checkPath, type Directory, directoryOf } from './directory.ts';

/** One entry as the central directory tells it; `data` is where its bytes begin. */
type Entry = { name: string; method: number; crc: number; packed: number; size: number; data: number };

/** A header of 46 bytes at `at`, the three texts that follow it, and the next header. */
type Header = Omit<Entry, 'data'> & {
  nameBytes: Uint8Array;
  flags: number;
  mode: number;
  local: number;
  next: number;
};

const signature = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, locator64: 0x07064b50 } as const;
const size = { local: 30, central: 46, end: 22, locator64: 20 } as const;
const stored = 0;
const deflated = 8;
const encrypted = 0x2041;
/** Sizes follow the data and the local header has none. */
const descriptor = 0x0008;
const utf8 = new TextDecoder('utf-8', { fatal: true });

const notZip = (at?: string) => malformed('The zip is damaged or cut off.', at);

/**
 * Opens a zip (PKWARE APPNOTE 6.3.10; stored and deflated entries only). All headers are checked at once, an
 * entry's bytes when they are asked for. Refused: encryption, zip64, several disks, links, duplicate names,
 * paths that lead outside, overlapping entries, local headers that tell another story than central ones, and
 * what inflates to more than the caps. An archive inside is bytes like any other.
 */
export function openZip(bytes: Uint8Array, limits: Caps = defaultCaps): Directory {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = new Map<string, Entry>();
  const spans: [from: number, to: number][] = [];
  const { count, start, end } = endRecord(view, limits);
  let at = start;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const header = centralHeader(view, bytes, at, end);
    at = header.next;
    const entry = checkEntry(view, bytes, header, start);
    spans.push([header.local, entry.data + entry.packed]);
    total += entry.size;
    if (entry.size > limits.entryBytes) throw tooLarge('A file inside the zip is too large.');
    if (total > limits.inflatedBytes) throw tooLarge('The zip inflates to more than 512 MiB.');
    if (entry.name === '') continue;
    if (entries.has(entry.name)) throw refuseZip('names a file twice');
    entries.set(entry.name, entry);
  }
  if (at !== end) throw notZip();
  if (total > limits.inflateRatio * bytes.length)
    throw tooLarge('The zip inflates to far more than its size.');
  refuseOverlaps(spans);
  return directoryOf([...entries.keys()], (path) => {
    const entry = entries.get(path);
    return entry && inflate(bytes, entry);
  });
}

const refuseZip = (what: string) =>
  refuse('unsafe', `The zip ${what}.`, 'Pack the model again with the library that wrote it.');

/** The end record stands last, with a comment of up to 65,535 bytes after it. */
function endRecord(view: DataView, limits: Caps): { count: number; start: number; end: number } {
  const at = endOf(view);
  const count = view.getUint16(at + 10, true);
  const start = view.getUint32(at + 16, true);
  const locator = at - size.locator64;
  if (count === 0xffff || (locator >= 0 && view.getUint32(locator, true) === signature.locator64))
    throw refuseZip('is in the zip64 form');
  if (view.getUint32(at + 4, true) !== 0 || view.getUint16(at + 8, true) !== count)
    throw refuseZip('is in several parts');
  if (count > limits.entries) throw tooLarge(`The zip holds more than ${limits.entries} files.`);
  if (start + view.getUint32(at + 12, true) !== at) throw notZip();
  return { count, start, end: at };
}

function endOf(view: DataView): number {
  const last = view.byteLength - size.end;
  for (let at = last; at >= 0 && at >= last - 0xffff; at--)
    if (view.getUint32(at, true) === signature.end && view.getUint16(at + 20, true) === last - at) return at;
  throw notZip();
}

function centralHeader(view: DataView, bytes: Uint8Array, at: number, end: number): Header {
  if (at + size.central > end || view.getUint32(at, true) !== signature.central) throw notZip();
  const nameEnd = at + size.central + view.getUint16(at + 28, true);
  const next = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > end) throw notZip();
  const nameBytes = bytes.subarray(at + size.central, nameEnd);
  return {
    nameBytes,
    name: nameOf(nameBytes),
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    // Only Unix keeps a file's type here: the upper half of its external attributes.
    mode: view.getUint8(at + 5) === 3 ? view.getUint16(at + 40, true) : 0,
    local: view.getUint32(at + 42, true),
    next,
  };
}

function nameOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw refuseZip('names a file in no readable letters');
  }
}

const fileType = { mask: 0o170000, none: 0, folder: 0o040000, regular: 0o100000 } as const;

/** A folder comes out without a name. */
function checkEntry(view: DataView, bytes: Uint8Array, header: Header, end: number): Entry {
  const { name, method, crc, packed } = header;
  checkForm(header);
  const isFolder = name.endsWith('/');
  checkPath(isFolder ? name.slice(0, -1) : name);
  if (isFolder && header.size !== 0) throw refuseZip('holds a folder with content');
  const data = dataOf(view, bytes, header, end);
  return { name: isFolder ? '' : name, method, crc, packed, size: header.size, data };
}

function checkForm(header: Header): void {
  const { flags, method, packed, local } = header;
  if ((flags & encrypted) !== 0) throw refuseZip('is encrypted');
  if ([packed, header.size, local].includes(0xffffffff)) throw refuseZip('is in the zip64 form');
  if (method !== stored && method !== deflated) throw refuseZip('is packed by a method other than deflate');
  if (method === stored && packed !== header.size) throw notZip();
  const type = header.mode & fileType.mask;
  if (type !== fileType.none && type !== fileType.folder && type !== fileType.regular)
    throw refuseZip('holds a link or a device');
}

/** Where the bytes begin: after a local header that agrees with the central one. */
function dataOf(view: DataView, bytes: Uint8Array, header: Header, end: number): number {
  const at = header.local;
  if (at + size.local > end || view.getUint32(at, true) !== signature.local) throw notZip();
  const nameEnd = at + size.local + view.getUint16(at + 26, true);
  const data = nameEnd + view.getUint16(at + 28, true);
  if (data + header.packed > end) throw notZip();
  const name = bytes.subarray(at + size.local, nameEnd);
  const sameName =
    name.length === header.nameBytes.length && name.every((byte, i) => byte === header.nameBytes[i]);
  const flags = view.getUint16(at + 6, true);
  const told: [local: number, central: number][] = [
    [view.getUint32(at + 14, true), header.crc],
    [view.getUint32(at + 18, true), header.packed],
    [view.getUint32(at + 22, true), header.size],
  ];
  const later = (flags & descriptor) !== 0;
  const agrees =
    sameName &&
    view.getUint16(at + 8, true) === header.method &&
    flags === header.flags &&
    told.every(([local, central]) => local === central || (later && local === 0));
  if (!agrees) throw refuseZip('describes a file in two ways');
  return data;
}

/** Overlapping entries inflate the same bytes again and again. */
function refuseOverlaps(spans: [from: number, to: number][]): void {
  spans.sort(([a], [b]) => a - b);
  let end = 0;
  for (const [from, to] of spans) {
    if (from < end) throw refuseZip('holds files that overlap');
    end = to;
  }
}

function inflate(bytes: Uint8Array, { name, method, crc, packed, size: length, data }: Entry): Uint8Array {
  const raw = bytes.subarray(data, data + packed);
  const content = method === stored ? raw : inflated(raw, length, name);
  if (content.length !== length || crc32(content) !== crc) throw notZip(name);
  return content;
}

function inflated(raw: Uint8Array, length: number, at: string): Uint8Array {
  try {
    const { buffer, byteOffset, byteLength } = inflateRawSync(raw, { maxOutputLength: Math.max(1, length) });
    // Node's own kind of bytes behaves otherwise when it is sliced.
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch {
    throw notZip(at);
  }
}
