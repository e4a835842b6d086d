import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { damaged, unread } from './refusals.ts';
import { unsnap } from './snappy.ts';

type Inflate = (bytes: Uint8Array, size: number) => Uint8Array;

const inflated: Record<number, Inflate> = {
  0: (bytes) => bytes,
  1: unsnap,
  2: (bytes, size) => gunzipSync(bytes, { maxOutputLength: size }),
  4: (bytes, size) => brotliDecompressSync(bytes, { maxOutputLength: size }),
  6: (bytes, size) => zstdDecompressSync(bytes, { maxOutputLength: size }),
};
const others: Record<number, string> = { 3: 'LZO', 5: 'LZ4', 7: 'LZ4' };

/** The bytes of a page, of exactly the size that its header says. */
export function inflate(bytes: Uint8Array, codec: number, size: number, column: string): Uint8Array {
  const how = inflated[codec];
  if (!how)
    throw unread(
      column,
      `the compression ${others[codec] ?? codec}`,
      'write it with Snappy, gzip, Brotli, Zstandard or none',
    );
  // To inflate into nothing is an error to zlib; there is nothing to be found out either.
  if (size === 0) return new Uint8Array();
  const plain = held(() => how(bytes, size));
  if (plain.length !== size) throw damaged();
  return plain;
}

function held(run: () => Uint8Array): Uint8Array {
  try {
    return run();
  } catch {
    // What zlib says of a page tells the user nothing; that it would grow beyond its size is damage too.
    throw damaged();
  }
}
