import { crc32, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import type { Directory } from '../../../scoring/bytes/directory.ts';
import { isTar, openTar } from '../../../scoring/bytes/tar.ts';
import { openZip } from '../../../scoring/bytes/zip.ts';
import { joined } from './bytes.ts';
import { tarOf } from './tar.ts';

export type Entries = [name: string, bytes: Uint8Array][];

/** What is inside, and how it is packed again. */
export type Archive = { entries: Entries; pack(entries: Entries): Uint8Array };

const noDate = 0x00210000;

/** What is inside a zip or a compressed tar; null where the bytes are neither, or one that cannot be read. */
export function open(bytes: Uint8Array): Archive | null {
  try {
    if (bytes[0] === 0x50 && bytes[1] === 0x4b) return { entries: entriesOf(openZip(bytes)), pack: zipOf };
    const tar = bytes[0] === 0x1f && bytes[1] === 0x8b ? new Uint8Array(gunzipSync(bytes)) : bytes;
    const pack = (entries: Entries) => gzipSync(tarOf(entries));
    return isTar(tar) ? { entries: entriesOf(openTar(tar)), pack } : null;
  } catch {
    return null;
  }
}

const entriesOf = (directory: Directory) =>
  directory
    .names()
    // A copy: what node inflates is a Buffer, of which a slice would still be the same memory.
    .map((name): Entries[number] => [name, new Uint8Array(directory.file(name) ?? [])]);

/** A zip whose sizes and checksums are right, whatever its files have become (PKWARE APPNOTE 6.3.10). */
export function zipOf(entries: Entries): Uint8Array {
  const parts: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const [name, bytes] of entries) {
    const path = new TextEncoder().encode(name);
    const packed = deflateRawSync(bytes);
    const sizes = [crc32(bytes), packed.length, bytes.length];
    const local = bytesOf([[4, 0x04034b50], ...common(), ...sizes.map(long), [2, path.length], [2, 0]]);
    parts.push(local, path, packed);
    const header = bytesOf([
      ...[[4, 0x02014b50] as Field, [2, 20] as Field, ...common()],
      ...sizes.map(long),
      ...[path.length, 0, 0, 0, 0].map(short),
      ...[0, offset].map(long),
    ]);
    central.push(header, path);
    offset += local.length + path.length + packed.length;
  }
  const size = central.reduce((sum, part) => sum + part.length, 0);
  const end = bytesOf([
    [4, 0x06054b50],
    ...[0, 0, entries.length, entries.length].map(short),
    ...[size, offset].map(long),
    [2, 0],
  ]);
  return joined([...parts, ...central, end]);
}

type Field = [width: 2 | 4, value: number];
const short = (value: number): Field => [2, value];
const long = (value: number): Field => [4, value];
/** Version 2.0, names in UTF-8, deflated. */
const common = (): Field[] => [
  [2, 20],
  [2, 0x0800],
  [2, 8],
  [4, noDate],
];

function bytesOf(fields: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return bytes;
}
