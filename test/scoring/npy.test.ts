import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { npyField, npyNumbers, npyTexts, readNpy } from '../../scoring/bytes/npy.ts';
import { isRefusal } from '../../scoring/refusals.ts';

/** The bytes of an array as numpy.lib.format describes them. */
function npy(dict: string, data: Uint8Array, version = 1): Uint8Array {
  const header = new TextEncoder().encode(`${dict}\n`);
  const start = version === 1 ? 10 : 12;
  const bytes = new Uint8Array(start + header.length + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, header.length, true);
  else view.setUint32(8, header.length, true);
  bytes.set(header, start);
  bytes.set(data, start + header.length);
  return bytes;
}

const dict = (descr: string, shape: readonly number[], fortran = false) =>
  `{'descr': ${descr}, 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;

const little = (size: number, write: (view: DataView) => void) => {
  const bytes = new Uint8Array(size);
  write(new DataView(bytes.buffer));
  return bytes;
};

function refused(bytes: Uint8Array): string {
  try {
    readNpy(bytes, 'test');
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
  return 'read';
}

describe('arrays of NumPy', () => {
  const kinds: [descr: string, size: number, set: (view: DataView, at: number) => void, value: number][] = [
    ["'<f8'", 8, (v, at) => v.setFloat64(at, -0.1, true), -0.1],
    ["'<f4'", 4, (v, at) => v.setFloat32(at, 0.1, true), Math.fround(0.1)],
    ["'|i1'", 1, (v, at) => v.setInt8(at, -3), -3],
    ["'<i2'", 2, (v, at) => v.setInt16(at, -300, true), -300],
    ["'<i4'", 4, (v, at) => v.setInt32(at, -70_000, true), -70_000],
    ["'<i8'", 8, (v, at) => v.setBigInt64(at, -5_000_000_000n, true), -5_000_000_000],
    ["'|u1'", 1, (v, at) => v.setUint8(at, 250), 250],
    ["'<u4'", 4, (v, at) => v.setUint32(at, 4_000_000_000, true), 4_000_000_000],
    ["'<u8'", 8, (v, at) => v.setBigUint64(at, 9_000_000_000n, true), 9_000_000_000],
    ["'|b1'", 1, (v, at) => v.setUint8(at, 1), 1],
  ];
  test.each(kinds)('numbers of type %s are read', (descr, size, set, value) => {
    for (const version of [1, 2, 3]) {
      const bytes = npy(
        dict(descr, [2]),
        little(2 * size, (view) => set(view, size)),
        version,
      );
      expect([...npyNumbers(readNpy(bytes, 'a'), 'a')]).toEqual([0, value]);
    }
  });

  test('numbers come row by row, in whatever order the file has them', () => {
    const numbers = fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4)).chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.array(fc.double({ noNaN: true }), {
          minLength: shape[0] * shape[1] * shape[2],
          maxLength: shape[0] * shape[1] * shape[2],
        }),
      ),
    );
    fc.assert(
      fc.property(numbers, ([[a, b, c], values]) => {
        const rows = new Uint8Array(Float64Array.from(values).buffer);
        const columns = new Float64Array(values.length);
        for (let i = 0; i < a; i++)
          for (let j = 0; j < b; j++)
            for (let k = 0; k < c; k++) columns[i + a * (j + b * k)] = values[(i * b + j) * c + k] as number;
        const read = (data: Uint8Array, fortran: boolean) => [
          ...npyNumbers(readNpy(npy(dict("'<f8'", [a, b, c], fortran), data), 'a'), 'a'),
        ];
        expect(read(rows, false)).toEqual(values);
        expect(read(new Uint8Array(columns.buffer), true)).toEqual(values);
      }),
    );
  });

  test('records give their fields, padding or not', () => {
    const data = little(2 * 14, (view) => {
      view.setInt32(14, 7, true);
      view.setUint8(14 + 4, 1);
      view.setUint8(14 + 12, 9);
    });
    const descr = "[('left', '<i4'), ('leaf', '|u1'), ('', '|V7'), ('last', '|u1'), ('', '|V1')]";
    const array = readNpy(npy(dict(descr, [2]), data), 'a');
    const numbers = (name: string) => {
      const field = npyField(array, name);
      return field && [...npyNumbers(field, 'a')];
    };
    expect(numbers('left')).toEqual([0, 7]);
    expect(numbers('leaf')).toEqual([0, 1]);
    expect(numbers('last')).toEqual([0, 9]);
    expect(numbers('')).toBeUndefined();
    expect(numbers('__proto__')).toBeUndefined();
  });

  test('texts and numbers are written as Python writes them', () => {
    const letters = (text: string, width: number) =>
      little(4 * width, (view) => {
        [...text].forEach((letter, i) => {
          view.setUint32(4 * i, letter.codePointAt(0) ?? 0, true);
        });
      });
    const two = new Uint8Array([...letters('Łódź', 5), ...letters('🐈', 5)]);
    expect(npyTexts(readNpy(npy(dict("'<U5'", [2]), two), 'a'), 'a')).toEqual(['Łódź', '🐈']);
    const long = little(8, (view) => view.setBigInt64(0, 9_007_199_254_740_993n, true));
    expect(npyTexts(readNpy(npy(dict("'<i8'", []), long), 'a'), 'a')).toEqual(['9007199254740993']);
    const float = little(16, (view) => view.setFloat64(8, 1.5, true));
    expect(npyTexts(readNpy(npy(dict("'<f8'", [2]), float), 'a'), 'a')).toEqual(['0.0', '1.5']);
    expect(npyTexts(readNpy(npy(dict("'|b1'", [2]), Uint8Array.of(0, 1)), 'a'), 'a')).toEqual([
      'False',
      'True',
    ]);
  });

  test.each([
    ['a shape of more bytes than the file has', dict("'<f8'", [1_000_000_000_000]), 8],
    ['a shape of fewer', dict("'<f8'", [1]), 16],
    ['a shape whose product is beyond all numbers', dict("'<f8'", Array(32).fill(999_999_999_999_999)), 8],
    ['too many dimensions', dict("'<f8'", Array(33).fill(1)), 8],
    ['big-endian numbers', dict("'>f8'", [1]), 8],
    ['half precision', dict("'<f2'", [1]), 2],
    ['complex numbers', dict("'<c16'", [1]), 16],
    ['a record inside a record', dict("[('a', [('b', '<f8')])]", [1]), 8],
    ['a field that is an array', dict("[('a', '<f8', (2,))]", [1]), 16],
    ['a program in place of a shape', "{'descr': '<f8', 'fortran_order': False, 'shape': exit(), }", 8],
    ['nothing but bytes', dict("'|V8'", [1]), 8],
  ])('%s is refused', (_, header, size) => {
    expect(refused(npy(header, new Uint8Array(size)))).toBe('malformed');
  });

  test('a pickle is never loaded', () => {
    expect(refused(npy(dict("'|O'", [1]), new Uint8Array(8)))).toBe('unsafe');
  });

  test('bytes of any kind are an array or a refusal', () => {
    const whole = npy(dict("'<f8'", [2, 2]), new Uint8Array(32));
    const edit = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(edit, fc.nat(whole.length), (changes, end) => {
        const bytes = whole.slice(0, changes.length > 2 ? end : whole.length);
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        expect(['malformed', 'unsafe', 'read']).toContain(refused(bytes));
      }),
      { numRuns: 2_000 },
    );
  });
});
