import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hybrid } from '../../functions/kit/models/sample/parquet/hybrid.ts';
import { columns, dresses, file, numbers, read } from './support/samples.ts';

const plain = file('plain.parquet');
const varints = new Uint8Array(400_012).fill(255);
varints.set(Buffer.from('PAR1'), 0);
varints[4] = 0x16;
varints.set([0x80, 0x1a, 0x06, 0, ...Buffer.from('PAR1')], 400_004);
/** Its metadata says a row more than its row groups have. */
const miscounted = plain.slice();
miscounted[Buffer.from(plain).lastIndexOf(Buffer.from([0x16, 0xe0, 0x03, 0x19])) + 1] = 0xe2;
const codecs = 'which is not read here: write it with Snappy, gzip, Brotli, Zstandard or none';
const damaged = 'The baseline is a Parquet file that is damaged or cut off';

describe('a file that is no sample is refused by a sentence that says what to do, and soon', () => {
  test.each<[string, Uint8Array, string, string]>([
    ['LZ4', file('lz4.parquet'), 'city', `The baseline has the compression LZ4 in column 'city', ${codecs}`],
    [
      'a list that the model needs',
      file('types.parquet'),
      'list',
      "The baseline has lists or structs in column 'list', which is not read here: write one value in each row",
    ],
    [
      'a struct that the model needs',
      file('types.parquet'),
      'struct',
      "The baseline has lists or structs in column 'struct', which is not read here: write one value in each row",
    ],
    [
      'bytes of a fixed length',
      file('types.parquet'),
      'fixed',
      "The baseline has values of a type in column 'fixed', which is not read here: write it as text or numbers",
    ],
    [
      'bytes that are no text',
      file('types.parquet'),
      'hidden',
      "The baseline has bytes that are no text in column 'hidden', which is not read here: write it as text or numbers",
    ],
    [
      'differences beyond what is exact',
      file('hostile/beyond-differences.parquet'),
      'a',
      "The baseline has whole numbers beyond 2^53 as differences in column 'a', which is not read here: write it with plain encoding",
    ],
    ['a name twice', file('hostile/twice.parquet'), 'a', "The baseline has two columns of the name 'a'"],
    ['no rows', file('hostile/no-rows.parquet'), 'a', 'The baseline has no rows'],
    [
      'a row too many',
      file('hostile/many-rows.parquet'),
      'a',
      'The baseline has more than 1000000 rows: upload some of them, taken at random',
    ],
    [
      '282 bytes that stand for 700 MB',
      file('hostile/shared-prefixes.parquet'),
      'a',
      'The baseline has more than 536870912 bytes of rows once it is uncompressed: upload some of them, taken at random',
    ],
    [
      'a text of a megabyte in each of 2,000 rows',
      file('hostile/one-text-many-times.parquet'),
      'a',
      'The baseline has more than 536870912 bytes of rows once it is uncompressed: upload some of them, taken at random',
    ],
    [
      'an encrypted file',
      Buffer.from('PARE....PARE'),
      'a',
      'The baseline is an encrypted Parquet file: write it without encryption',
    ],
    ['only its mark', Buffer.from('PAR1'), 'a', damaged],
    ['two marks', Buffer.from('PAR1....PAR1'), 'a', damaged],
    ['a file that is cut off', plain.subarray(0, -1), 'age', damaged],
    ['a number without an end in its metadata', varints, 'a', damaged],
    ['a count of rows that is not theirs', miscounted, 'age', damaged],
  ])('%s', (_, bytes, column, expected) => expect(read(bytes, numbers([column]))).toBe(expected));

  test('texts that share their beginnings are counted whole, though few of them are taken', () => {
    const got = read(file('hostile/shared-prefixes.parquet'), numbers(['a']), 100);
    expect(got).toMatch(/^The baseline has more than 536870912 bytes/);
  });

  test('more values than are read in the time there is', () => {
    const names = Array.from({ length: 51 }, (_, i) => `f${i}`);
    expect(read(file('hostile/many-values.parquet'), numbers(names))).toBe(
      'The baseline has more than 50000000 values in the columns that the model reads: upload some of them, taken at random',
    );
    expect(read(file('hostile/many-values.parquet'), numbers(['f7']), 250_000)).toMatchObject({
      rows: 1_000_000,
    });
  });
});

test('a run that says it goes on for ever ends where there is no more room', () => {
  expect([...hybrid(Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f, 1]), 1, 3)]).toEqual([1, 1, 1]);
  const packed = Buffer.from([0b11, 0b10001101, 0b01010001, 0b11111010, 0]);
  expect([...hybrid(packed, 3, 8)]).toEqual([5, 1, 6, 0, 5, 4, 6, 7]);
  for (const width of [3, 33])
    expect(() => hybrid(packed.subarray(0, 3), width, 8)).toThrow(
      expect.objectContaining({ detail: damaged }),
    );
});

test('whatever is changed in a file, it is read or refused by a sentence', () => {
  const files = [...dresses, 'types', 'types-plain', 'int96', 'lz4'].map((name) => file(`${name}.parquet`));
  const names = readFileSync('scripts/fixtures/parquet.py', 'utf8').matchAll(/^ {8}"(\w+)": \(pa/gm);
  const readable = [...names]
    .map(([, name = '']) => name)
    .filter((name) => !/list|struct|fixed|hidden/.test(name));
  expect(readable.length).toBeGreaterThan(25);
  const features = [...columns, ...numbers(readable)];
  const change = fc.record({
    place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    isFooter: fc.boolean(),
    byte: fc.oneof(fc.constantFrom(0, 127, 128, 255), fc.nat(255)),
  });
  const cut = fc.double({ min: 0, max: 1, noNaN: true });
  const whole = fc.constant(null);
  const changed = fc.record({
    of: fc.constantFrom(...files),
    changes: fc.array(change, { maxLength: 4 }),
    cut: fc.oneof(whole, whole, whole, cut),
  });
  const seen = { read: 0, refused: 0 };
  fc.assert(
    fc.property(changed, ({ of, changes, cut: at }) => {
      const bytes = at === null ? of.slice() : of.slice(0, Math.floor(of.length * at));
      const footer = new DataView(of.buffer).getUint32(of.length - 8, true);
      for (const { place, isFooter, byte } of changes) {
        const from = isFooter ? Math.max(of.length - 8 - footer, 0) : 4;
        bytes[from + Math.floor(place * (of.length - 8 - from))] = byte;
      }
      const got = read(bytes, features, 3);
      if (typeof got === 'string') expect(got).toMatch(/^The baseline /);
      else expect(got.taken.length).toBe(Math.ceil(got.rows / 3));
      seen[typeof got === 'string' ? 'refused' : 'read']++;
    }),
    { numRuns: 400 },
  );
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(40);
});
