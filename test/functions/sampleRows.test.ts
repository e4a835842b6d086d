import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSample } from '../../functions/kit/models/sample/rows.ts';
import type { Feature } from '../../scoring/ir.ts';

const category = (name: string): Feature => ({ name, kind: 'category', levels: ['a'] });
const number = (name: string): Feature => ({ name, kind: 'number' });
const read = (text: string | Uint8Array, features: readonly Feature[], every = 1) => {
  const { rows, take } = readSample(Buffer.from(text), features);
  const taken = [...take(every)];
  return { rows, taken, records: taken.map(({ record }) => record) };
};
const refusal = (text: string | Uint8Array, features: readonly Feature[] = [number('a')]) => {
  try {
    return read(text, features).rows;
  } catch (problem) {
    return (problem as { detail: string }).detail;
  }
};

/** Any name that is one: of the language, with commas, quotes, line ends. */
const names = fc.uniqueArray(
  fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.constantFrom('__proto__', 'a,b', '"', 'a\nb', 'a\r\nb'),
  ),
  { minLength: 1, maxLength: 6 },
);
const clean = (text: string) =>
  text
    .toWellFormed()
    .replaceAll('\0', '')
    .replace(/^\uFEFF/, '');
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const field = (text: string, always: boolean) =>
  always || /[",\r\n]|^\s*$|^[[{]/.test(text) ? quoted(text) : text;

test('a table written as RFC 4180 says is read back, cell by cell, whatever the cells hold', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constantFrom('', ' ', '""', ',', '\r\n', 'é'),
  );
  const table = names.chain((given) => {
    const columns = [...new Set(given.map(clean).filter((name) => name !== ''))];
    const row = fc.array(cell.map(clean), { minLength: columns.length, maxLength: columns.length });
    return fc.record({ columns: fc.constant(columns), rows: fc.array(row, { minLength: 1, maxLength: 8 }) });
  });
  const style = fc.record({
    end: fc.constantFrom('\n', '\r\n'),
    mark: fc.boolean(),
    always: fc.boolean(),
    last: fc.boolean(),
  });
  fc.assert(
    fc.property(table, style, ({ columns, rows }, { end, mark, always, last }) => {
      fc.pre(columns.length > 0);
      const lines = [columns, ...rows].map((row) => row.map((text) => field(text, always)).join(','));
      const text = `${mark ? '\uFEFF' : ''}${lines.join(end)}${last ? end : ''}`;
      const got = read(text, columns.map(category));
      expect(got.rows).toBe(rows.length);
      expect(
        got.records.map((record) =>
          columns.map((name) => Object.getOwnPropertyDescriptor(record, name)?.value),
        ),
      ).toEqual(rows);
    }),
  );
});

test('JSON lines are read back as they were written, whatever the records hold', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
  );
  const record = fc.dictionary(fc.string(), value, { maxKeys: 6 }).map((given) => JSON.stringify(given));
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 9 }),
      fc.constantFrom('\n', '\r\n', '\n\n \n'),
      (lines, end) => {
        const got = read(lines.join(end), []);
        expect(got.records).toEqual(lines.map((line) => JSON.parse(line)));
        expect(got.taken.map(({ row }) => row)).toEqual(lines.map((_, i) => i + 1));
      },
    ),
  );
});

test('a text longer than it is decoded at once is the same text, wherever a piece ends', () => {
  const cells = Array.from({ length: 60_000 }, (_, i) => `é${i}"\n€`);
  const text = `a,b\n${cells.map((cell) => `${quoted(cell)},${quoted('𝄞')}`).join('\n')}`;
  const got = read(text, [category('b'), category('a')]);
  expect(Buffer.byteLength(text)).toBeGreaterThan(3 * (1 << 18));
  const differs = got.records.findIndex(({ a }, i) => a !== cells[i]);
  expect([got.rows, differs]).toEqual([cells.length, -1]);
  expect(new Set(got.records.map(({ b }) => b))).toEqual(new Set(['𝄞']));
});

test('of more rows than are wanted every so-many-th is taken, with its number', () => {
  const lines = Array.from({ length: 10 }, (_, i) => `{"a":${i}}`).join('\n');
  for (const text of [lines, `a\n${Array.from({ length: 10 }, (_, i) => i).join('\n')}`]) {
    const { rows, taken } = read(text, [number('a')], 4);
    expect([rows, taken.map(({ row, record }) => [row, Number(record.a)])]).toEqual([
      10,
      [
        [1, 0],
        [5, 4],
        [9, 8],
      ],
    ]);
  }
});

test('in a CSV of numbers true and false are what they are in JSON; among categories they are text', () => {
  const { records } = read('n,c,other\nTrue,True,1\nfalse,false,2\n7,7,3\n', [number('n'), category('c')]);
  expect(records).toEqual([
    { n: true, c: 'True' },
    { n: false, c: 'false' },
    { n: '7', c: '7' },
  ]);
});

describe('a file that is no sample is refused by a sentence that says what to do', () => {
  const utf16 = Buffer.from('\uFEFFa\n1\n', 'utf16le');
  test.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'The baseline has no rows'],
    ['only a header', 'a,b\r\n', 'The baseline has no rows'],
    ['blank lines', '\n \n\r\n', 'The baseline has no rows'],
    ['gzip', Buffer.from([0x1f, 0x8b, 8]), 'The baseline is compressed: upload it as it was before'],
    [
      'a workbook',
      'PK\u0003\u0004',
      'The baseline is a ZIP archive or a workbook: write it as CSV, JSON lines or Parquet',
    ],
    ['UTF-16', utf16, 'The baseline is in UTF-16: write it in UTF-8'],
    ['bytes', Buffer.from('a\n\0'), 'The baseline is no text: write it as CSV or JSON lines'],
    ['Latin 1', Buffer.from([0x61, 0x0a, 0xe9]), 'The baseline is not in UTF-8'],
    ['a list', ' [{"a":1}]', 'The baseline is one JSON list: write JSON lines, an object in each line'],
    ['broken JSON', '{"a":1}\n{"a":NaN}', 'The baseline has no JSON object in row 2: write one in each line'],
    ['no objects', '{"a":1}\n[1]', 'The baseline has no JSON object in row 2: write one in each line'],
    ['semicolons', 'a;b\n1;2', 'The baseline needs commas between its columns'],
    ['a short row', 'a,b\n1,2\n3', 'The baseline has 1 fields in row 2, not 2 as in its header'],
    ['a name twice', 'b,a,a\n1,2,3', 'The baseline has two columns of one name: 3 is the second'],
    ['an open quote', 'a\n"1\n2', 'The baseline has a quoted field that does not end'],
    [
      'a stray quote',
      'a,b\n1"",2',
      'The baseline has a quote out of place in row 1: write "" for one within a quoted field',
    ],
    [
      'text after a quote',
      'a\n"1"2',
      'The baseline has a quote out of place in row 1: write "" for one within a quoted field',
    ],
    ['a long row', `a\n${'1'.repeat(2 ** 20 + 1)}`, 'The baseline has a row of more than 1048576 characters'],
    [
      'a long quoted row',
      `a\n"${'1\n'.repeat(2 ** 19)}"`,
      'The baseline has a row of more than 1048576 characters',
    ],
    [
      'many columns',
      `${Array.from({ length: 10_001 }, (_, i) => i)}\n1`,
      'The baseline has more than 10000 columns',
    ],
    [
      'many rows',
      `a\n${'1\n'.repeat(1_000_001)}`,
      'The baseline has more than 1000000 rows: upload some of them, taken at random',
    ],
    ['many lines', `a\n${'\n'.repeat(4_000_000)}1`, 'The baseline has more than 4000000 lines'],
  ])('%s', (_, text, expected) => expect(refusal(text)).toBe(expected));

  test('and a row, a list of columns and a number of rows at the bound are read', () => {
    expect(refusal(`a\n${'1'.repeat(2 ** 20)}`)).toBe(1);
    expect(
      refusal(`${Array.from({ length: 10_000 }, (_, i) => i)}\n${Array.from({ length: 10_000 }, () => 1)}`),
    ).toBe(1);
    expect(readSample(Buffer.from(`a\n${'1\n'.repeat(1_000_000)}`), [number('a')]).rows).toBe(1_000_000);
  });
});
