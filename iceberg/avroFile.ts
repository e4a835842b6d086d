import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type AvroField, type AvroRecord, avroType, type Rename } from './avro.ts';
import { type Cursor, cursorOn, readCount, readLong, readRecord, take } from './avroDecode.ts';
import {
  newSink,
  type Sink,
  writeBytes,
  writeLong,
  writeRaw,
  writeString,
  writeValue,
  written,
} from './avroEncode.ts';
import { malformed, unsupported } from './fault.ts';
import { type Json, type JsonInput, parseJson, printJson } from './json64.ts';

/** An object container file: its metadata as text, its schema and its records. */
export interface AvroFile {
  metadata: Record<string, string>;
  schema: Json;
  records: AvroRecord[];
}

export type Codec = 'null' | 'deflate' | 'zstandard';

const magic = Buffer.from('Obj\x01', 'latin1');
/** How the encrypted streams of Iceberg begin. */
const encrypted = Buffer.from('AGS1');
/** A manifest has some megabytes; what unpacks to more than this is an attack. */
const maxUnpacked = 256 * 1024 * 1024;

/**
 * Reads a whole container file; `rename` gives each field its name in the records, `limit` is in bytes unpacked. Throws
 * faults only.
 */
export function readAvroFile(bytes: Uint8Array, rename?: Rename, limit = maxUnpacked): AvroFile {
  const cursor = cursorOn(bytes);
  if (Buffer.from(bytes.subarray(0, 4)).equals(encrypted)) throw unsupported('encryption');
  if (bytes.length < 4 || !take(cursor, 4).equals(magic))
    throw malformed('Avro: the file is not an Avro file');
  const metadata = readMetadata(cursor);
  const sync = take(cursor, 16);
  const schema = parseJson(metadata['avro.schema'] ?? '');
  const type = avroType(schema, rename);
  if (type.kind !== 'record') throw malformed('Avro: the file does not hold records');
  const records: AvroRecord[] = [];
  let room = limit;
  while (cursor.at < bytes.length) {
    const count = readCount(cursor);
    const block = cursorOn(unpack(metadata['avro.codec'], take(cursor, readCount(cursor)), room));
    room -= block.bytes.length;
    readBlock(type.fields, block, count, records);
    if (!take(cursor, 16).equals(sync)) throw malformed('Avro: a block does not end where it should');
  }
  return { metadata, schema, records };
}

function readBlock(fields: AvroField[], block: Cursor, count: number, records: AvroRecord[]): void {
  if (count > block.budget) throw malformed('Avro: the data hold more values than bytes');
  for (let i = 0; i < count; i++) records.push(readRecord(fields, block));
  if (block.at !== block.bytes.length) throw malformed('Avro: a block is longer than its records');
}

function readMetadata(cursor: Cursor): Record<string, string> {
  const entries: [string, string][] = [];
  for (let left = readLong(cursor); left !== 0; left = readLong(cursor)) {
    if (typeof left === 'bigint') throw malformed('Avro: a length is not valid');
    if (left < 0) readCount(cursor);
    for (let i = Math.abs(left); i > 0; i--)
      entries.push([take(cursor, readCount(cursor)).toString(), take(cursor, readCount(cursor)).toString()]);
  }
  return Object.fromEntries(entries);
}

function unpack(codec: string | undefined, packed: Buffer, room: number): Buffer {
  const options = { maxOutputLength: Math.max(1, room) };
  try {
    if (codec === 'deflate') return inflateRawSync(packed, options);
    if (codec === 'zstandard') return zstdDecompressSync(packed, options);
  } catch {
    throw malformed('Avro: a block cannot be unpacked, or is too large');
  }
  if (codec === undefined || codec === 'null') return packed;
  throw unsupported(codec === 'snappy' ? 'Avro files packed with snappy' : 'Avro files of an unknown codec');
}

const pack = { null: (raw: Buffer) => raw, deflate: deflateRawSync, zstandard: zstdCompressSync };
/** Readers unpack a block as a whole: some hundred kilobytes each keep that cheap. */
const blockBytes = 1 << 18;

/**
 * The bytes of a container file; `rename` tells under which names the records have the fields. The same records give the
 * same bytes: the marker between blocks is a hash.
 */
export function writeAvroFile(
  schema: JsonInput,
  records: Iterable<AvroRecord>,
  metadata: Record<string, string> = {},
  { codec = 'deflate', rename }: { codec?: Codec; rename?: Rename } = {},
): Uint8Array {
  const text = printJson(schema);
  const type = avroType(parseJson(text), rename);
  const blocks: { count: number; packed: Uint8Array }[] = [];
  const hash = createHash('sha256').update(text);
  let sink = newSink();
  let count = 0;
  const close = () => {
    if (count > 0) blocks.push({ count, packed: pack[codec](Buffer.from(written(hashed(sink, hash)))) });
    sink = newSink();
    count = 0;
  };
  for (const record of records) {
    writeValue(sink, type, record);
    count++;
    if (sink.length >= blockBytes) close();
  }
  close();
  const sync = hash.digest().subarray(0, 16);
  return assemble({ ...metadata, 'avro.schema': text, 'avro.codec': codec }, sync, blocks);
}

function hashed(sink: Sink, hash: { update(bytes: Uint8Array): unknown }): Sink {
  hash.update(written(sink));
  return sink;
}

function assemble(
  metadata: Record<string, string>,
  sync: Uint8Array,
  blocks: readonly { count: number; packed: Uint8Array }[],
): Uint8Array {
  const file = newSink();
  writeRaw(file, magic);
  const entries = Object.entries(metadata);
  writeLong(file, entries.length);
  for (const [key, value] of entries) {
    writeString(file, key);
    writeBytes(file, Buffer.from(value));
  }
  writeLong(file, 0);
  writeRaw(file, sync);
  for (const { count, packed } of blocks) {
    writeLong(file, count);
    writeBytes(file, packed);
    writeRaw(file, sync);
  }
  return written(file);
}
