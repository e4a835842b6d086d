import type { Entries } from './archive.ts';
import { joined } from './bytes.ts';

const block = 512;
const longest = 100;

/** A tar (POSIX ustar) of regular files, its checksums right; a name too long for a header comes before it as GNU's. */
export function tarOf(entries: Entries): Uint8Array {
  const parts = entries.flatMap(([name, bytes]) => {
    const path = new TextEncoder().encode(name);
    const long = path.length > longest ? member('././@LongLink', 'L', path) : [];
    return [...long, ...member(name, '0', bytes)];
  });
  return joined([...parts, new Uint8Array(2 * block)]);
}

const member = (name: string, type: string, bytes: Uint8Array) => [
  header(name, type, bytes.length),
  bytes,
  padding(bytes.length),
];

const padding = (length: number) => new Uint8Array((block - (length % block)) % block);

function header(name: string, type: string, length: number): Uint8Array {
  const bytes = new Uint8Array(block);
  const write = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  bytes.set(new TextEncoder().encode(name).subarray(0, longest), 0);
  write(100, '0000644\0');
  write(108, '0000000\0');
  write(116, '0000000\0');
  write(124, `${length.toString(8).padStart(11, '0')}\0`);
  write(136, '00000000000\0');
  // The checksum is summed as if it were spaces.
  write(148, '        ');
  write(156, type);
  write(257, 'ustar\x0000');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  write(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return bytes;
}
