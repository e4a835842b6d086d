import { malformed } from '../../refusals.ts';

export type Cursor = ReturnType<typeof cursor>;

/** Little-endian numbers one after the other; every read is held against the bytes that are left. */
export function cursor(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  /** Where a piece of `length` bytes starts; the next piece starts after it. */
  function take(length: number): number {
    if (!(length >= 0 && length <= bytes.length - at))
      throw malformed('The file ends before its last part.', `byte ${at}`);
    const start = at;
    at += length;
    return start;
  }

  /** An unsigned 64-bit length; one beyond the file is refused before it is used. */
  function length(): number {
    const start = take(8);
    const high = view.getUint32(start + 4, true);
    if (high !== 0) throw malformed('The file ends before its last part.', `byte ${start}`);
    return view.getUint32(start, true);
  }

  return {
    left: () => bytes.length - at,
    take,
    length,
    /** Numbers inside a piece that was taken. */
    int: (offset: number) => view.getInt32(offset, true),
    unsigned: (offset: number) => view.getUint32(offset, true),
    float: (offset: number) => view.getFloat32(offset, true),
    text() {
      const size = length();
      const start = take(size);
      return decoder.decode(bytes.subarray(start, start + size));
    },
    ints(count: number): Int32Array {
      const start = take(count * 4);
      return Int32Array.from({ length: count }, (_, i) => view.getInt32(start + i * 4, true));
    },
    floats(count: number): Float32Array {
      const start = take(count * 4);
      return Float32Array.from({ length: count }, (_, i) => view.getFloat32(start + i * 4, true));
    },
  };
}

const decoder = new TextDecoder();
