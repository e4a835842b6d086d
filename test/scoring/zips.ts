import { crc32, deflateRawSync } from 'node:zlib';

/** What to write otherwise than a plain zip would. */
export type Odd = {
  method?: number;
  flags?: number;
  localName?: string;
  localSize?: number;
  localMethod?: number;
  size?: number;
  crc?: number;
  mode?: number;
  /** Zeros in the local header and the sizes after the data, as Java writes them. */
  descriptor?: boolean;
  /** The local header of this earlier entry instead of an own one. */
  share?: number;
  packed?: Uint8Array;
};

export type File = [name: string, content: Uint8Array | string, odd?: Odd];

const text = new TextEncoder();

/** A zip written by hand, so that every field of it can lie. */
export function zipOf(
  files: readonly File[],
  end: { comment?: string; count?: number; shift?: number } = {},
): Uint8Array {
  const locals: Buffer[] = [];
  const headers: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  for (const [name, content, odd = {}] of files) {
    const told = tell(name, content, odd);
    const here = odd.share === undefined ? at : (offsets[odd.share] as number);
    offsets.push(here);
    headers.push(centralOf(told, odd, here));
    if (odd.share !== undefined) continue;
    locals.push(localOf(told, odd));
    at += (locals.at(-1) as Buffer).length;
  }
  const directory = Buffer.concat(headers);
  const comment = Buffer.from(end.comment ?? '');
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(end.count ?? files.length, 8);
  record.writeUInt16LE(end.count ?? files.length, 10);
  record.writeUInt32LE(directory.length, 12);
  record.writeUInt32LE(at + (end.shift ?? 0), 16);
  record.writeUInt16LE(comment.length, 20);
  return new Uint8Array(Buffer.concat([...locals, directory, record, comment]));
}

type Told = { name: string; packed: Uint8Array; method: number; flags: number; numbers: number[] };

/** `numbers`: checksum, packed size and size, in the order of every header. */
function tell(name: string, content: Uint8Array | string, odd: Odd): Told {
  const bytes = typeof content === 'string' ? text.encode(content) : content;
  const method = odd.method ?? 8;
  const packed = odd.packed ?? (method === 8 ? deflateRawSync(bytes) : bytes);
  const flags = (odd.flags ?? 0) | 0x800 | (odd.descriptor ? 8 : 0);
  return {
    name,
    packed,
    method,
    flags,
    numbers: [odd.crc ?? crc32(bytes), packed.length, odd.size ?? bytes.length],
  };
}

function writeAll(to: Buffer, from: number, numbers: number[]): void {
  numbers.forEach((value, i) => {
    to.writeUInt32LE(value, from + 4 * i);
  });
}

function localOf({ name, packed, method, flags, numbers }: Told, odd: Odd): Buffer {
  const header = Buffer.alloc(30);
  const localName = Buffer.from(odd.localName ?? name);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(flags, 6);
  header.writeUInt16LE(odd.localMethod ?? method, 8);
  if (!odd.descriptor) writeAll(header, 14, numbers);
  if (odd.localSize !== undefined) header.writeUInt32LE(odd.localSize, 22);
  header.writeUInt16LE(localName.length, 26);
  const after = Buffer.alloc(odd.descriptor ? 16 : 0);
  if (odd.descriptor) writeAll(after, 0, [0x08074b50, ...numbers]);
  return Buffer.concat([header, localName, packed, after]);
}

function centralOf({ name, method, flags, numbers }: Told, odd: Odd, at: number): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(odd.mode === undefined ? 20 : 0x0314, 4);
  header.writeUInt16LE(flags, 8);
  header.writeUInt16LE(method, 10);
  writeAll(header, 16, numbers);
  header.writeUInt16LE(Buffer.byteLength(name), 28);
  header.writeUInt32LE(((odd.mode ?? 0) << 16) >>> 0, 38);
  header.writeUInt32LE(at, 42);
  return Buffer.concat([header, Buffer.from(name)]);
}
