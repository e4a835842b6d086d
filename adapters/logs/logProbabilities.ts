import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { mostLoggedClasses } from '../../domain/log.ts';

type Rows = readonly (readonly number[])[];

/** Fewer bytes take longer to deflate than a write unit is worth. */
const worthDeflating = 2048;
const deflated = 128;
const most = 1 << 20;

/**
 * The probabilities of some rows as a log item holds them: the number of classes, then of two classes the smaller one of
 * each row as a float of four bytes, negative where it is that of the second; of more, each in two bytes, exact to
 * 1 in 2,048. Undefined for one class and for more than are kept.
 */
export function packProbabilities(rows: Rows): Uint8Array | undefined {
  const classes = rows[0]?.length ?? 0;
  if (classes < 2 || classes > mostLoggedClasses) return undefined;
  const bytes = classes === 2 ? packPairs(rows) : packShares(rows, classes);
  const smaller = bytes.length > worthDeflating ? deflateRawSync(bytes) : bytes;
  return smaller.length < bytes.length
    ? Buffer.concat([Buffer.of(classes + deflated), smaller])
    : Buffer.concat([Buffer.of(classes), bytes]);
}

/** Of each row the probability of each class. Throws on bytes that are none of so many rows. */
export function unpackProbabilities(packed: Uint8Array, rows: number): number[][] {
  const [form = 0] = packed;
  const classes = form % deflated;
  const rest = packed.subarray(1);
  const bytes = Buffer.from(form >= deflated ? inflateRawSync(rest, { maxOutputLength: most }) : rest);
  const length = classes === 2 ? 4 : 2 * classes;
  if (classes < 2 || bytes.length !== rows * length) throw new RangeError('These bytes are no probabilities');
  return Array.from({ length: rows }, (_, row) =>
    classes === 2
      ? pairIn(bytes.readFloatBE(4 * row))
      : Array.from({ length: classes }, (_, c) => shareIn(bytes.readUInt16BE(length * row + 2 * c))),
  );
}

/** The smaller one: near 1, a float has few digits left for how far from it a probability is. */
function packPairs(rows: Rows): Buffer {
  const bytes = Buffer.alloc(4 * rows.length);
  for (const [row, [first = 0, second = 0]] of rows.entries())
    bytes.writeFloatBE(first < second ? first : -second, 4 * row);
  return bytes;
}

const pairIn = (smaller: number): number[] =>
  smaller < 0 || Object.is(smaller, -0) ? [1 + smaller, -smaller] : [smaller, 1 - smaller];

/** A float of four bytes between 2^-63 and 1 differs from the smallest such by fewer bits than two bytes have. */
const smallest = 0x2000_0000;
const droppedBits = 13;
const float = new DataView(new ArrayBuffer(4));

function packShares(rows: Rows, classes: number): Buffer {
  const bytes = Buffer.alloc(2 * classes * rows.length);
  for (const [row, shares] of rows.entries())
    for (let c = 0; c < classes; c++) {
      float.setFloat32(0, shares[c] ?? 0);
      const code = Math.round((float.getInt32(0) - smallest) / 2 ** droppedBits);
      bytes.writeUInt16BE(Math.max(0, Math.min(0xffff, code)), 2 * (classes * row + c));
    }
  return bytes;
}

function shareIn(code: number): number {
  if (code === 0) return 0;
  float.setInt32(0, code * 2 ** droppedBits + smallest);
  return Math.min(1, float.getFloat32(0));
}
