import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reference } from '../../scoring/evaluate/reference.ts';
import type { Feature } from '../../scoring/ir.ts';
import { type Column, columnReader } from '../../scoring/rows/columns.ts';
import { rowReader } from '../../scoring/rows/rows.ts';
import { irOf, linearOf, numbers, outputOf } from './irs.ts';

const features: Feature[] = [
  { name: 'age', kind: 'number' },
  { name: 'city', kind: 'category', levels: ['Rome', '12', 'TRUE', '1.50', 'city.Oslo'], prefix: 'city.' },
  { name: 'code', kind: 'category' },
];

/** A column in each of its shapes, with the values of its rows as a record would hold them. */
const shapes: fc.Arbitrary<{ column: Column; values: unknown[] }> = fc.oneof(
  fc
    .array(
      fc.oneof(fc.constantFrom(0, 12, 1.5, -3, Number.NaN, Number.POSITIVE_INFINITY), fc.double()),
      rows(9),
    )
    .map((values) => ({ column: Float64Array.from(values), values })),
  fc
    .array(fc.oneof(fc.constantFrom(0, 12, 1.5, Number.NaN), fc.float()), rows(9))
    .map((values) => ({ column: Float32Array.from(values), values: values.map(Math.fround) })),
  fc
    .array(fc.oneof(fc.constantFrom(0, 1, 12), fc.integer()), rows(9))
    .map((values) => ({ column: Int32Array.from(values), values })),
  fc
    .array(fc.constantFrom(0n, 12n, -7n, 2n ** 53n), rows(9))
    .map((values) => ({ column: BigInt64Array.from(values), values: values.map(String) })),
  fc
    .tuple(
      fc.array(fc.constantFrom('Rome', 'Oslo', 'true', '12', '1.5', 'x', ''), { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: -1, max: 4 }), rows(9)),
    )
    .map(([dictionary, any]) => {
      const codes = any.map((code) => Math.min(code, dictionary.length - 1));
      const column = { codes: Int32Array.from(codes), dictionary };
      return { column, values: codes.map((code) => dictionary[code]) };
    }),
  fc
    .array(fc.oneof(fc.constantFrom('Rome', 12, true, null, undefined, ''), fc.anything()), rows(9))
    .map((values) => ({ column: values, values })),
);
const compares = fc.constantFrom('f32' as const, 'f64' as const);

function rows(count: number) {
  return { minLength: count, maxLength: count };
}

describe('columns', () => {
  test('are read as their rows would be, value by value, with the same problems and counts', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...features),
        shapes,
        compares,
        fc.boolean(),
        fc.boolean(),
        (feature, shape, compare, strict, required) => {
          const own: Feature[] = [required ? { ...feature, required } : feature];
          const ofRows = { unseen: 0 };
          const ofColumns = { unseen: 0 };
          const read = rowReader(own, compare, { strict, tally: ofRows });
          const each = shape.values.map((value) => read({ [feature.name]: value }));
          const given = new Map([[feature.name, shape.column]]);
          const all = columnReader(own, compare, { strict, tally: ofColumns })(given, shape.values.length);
          const wrong = each.find((row) => Array.isArray(row));
          if ('issues' in all) expect(all.issues).toEqual(wrong);
          else {
            expect(wrong).toBeUndefined();
            expect(all.columns).toEqual([Float64Array.from(each, (row) => row[0] as number)]);
            expect(ofColumns).toEqual(ofRows);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('whose order changes, or that nobody knows, change nothing; a column that is not there is missing', () => {
    const read = columnReader(features, 'f64');
    fc.assert(
      fc.property(shapes, shapes, fc.boolean(), (age, other, first) => {
        const given: [string, Column][] = [
          ['age', age.column],
          ['city', ['Rome', null, 'Oslo', 1, 2, 3, 4, 5, 6]],
        ];
        const known = read(new Map(given), 9);
        const mixed = first
          ? [['other', other.column] as const, ...given.reverse()]
          : [...given.reverse(), ['x', other.column] as const];
        expect(read(new Map<string, Column>(mixed), 9)).toEqual(known);
        if ('columns' in known) expect(known.columns[2]).toEqual(new Float64Array(9).fill(Number.NaN));
      }),
    );
  });

  const one = (column: unknown, count = 2, feature = features[0] as Feature) =>
    columnReader([feature], 'f64')(new Map([[feature.name, column as Column]]), count);
  const wrong = { issues: [{ feature: 'age', problem: 'wrong_type' }] };

  test.each<[string, unknown]>([
    ['a text', 'ab'],
    ['bytes', new Uint8Array(2)],
    ['nothing', null],
    ['too few values', new Float64Array(1)],
    ['too few codes', { codes: new Int32Array(1), dictionary: ['1'] }],
    ['codes beyond the dictionary', { codes: Int32Array.of(0, 1), dictionary: ['1'] }],
    ['codes without a dictionary', { codes: new Int32Array(2) }],
    ['numbers that are no codes', { codes: [0, 0], dictionary: ['1'] }],
  ])('of a wrong kind are an issue: %s', (_, column) => {
    expect(one(column)).toEqual(wrong);
  });

  test('of digits longer than a number holds keep them all', () => {
    const digits = '9007199254740993';
    const id: Feature = { name: 'id', kind: 'category', levels: ['9007199254740992', digits] };
    expect(one(BigInt64Array.of(BigInt(digits)), 1, id)).toEqual({ columns: [Float64Array.of(1)] });
  });

  test('may be longer than what is asked for', () => {
    expect(one(Float64Array.of(1, 2, Number.POSITIVE_INFINITY))).toEqual({
      columns: [Float64Array.of(1, 2)],
    });
  });
});

describe('a batch', () => {
  const core = linearOf([1, 10, 2, 20, 4, 40], [100, 200]);
  const output = outputOf({ kind: 'multinomial', classes: ['a', 'b'], link: 'softmax' });
  const model = reference(irOf({ core, output, features: numbers(3) }));
  const columns = new Map([
    ['x2', Float64Array.of(1, 2, 3)],
    ['x0', Float64Array.of(5, Number.NaN, 7)],
  ]);

  test('has the margins of its rows, row by row', () => {
    const out = new Float64Array(6);
    expect(model.score(columns, 3, out)).toBe(out);
    const each = [{ x0: 5, x2: 1 }, { x2: 2 }, { x0: 7, x2: 3 }].map((record) => [
      ...model.margin(model.read(record) as Float64Array),
    ]);
    expect([...out]).toEqual(each.flat());
    expect([...out].slice(0, 2)).toEqual([5 + 4 + 100, 50 + 40 + 200]);
  });

  test('with a wrong column says so', () => {
    const given = new Map([['x1', Float64Array.of(Number.NEGATIVE_INFINITY)]]);
    expect(model.score(given, 1, new Float64Array(2))).toEqual([{ feature: 'x1', problem: 'not_finite' }]);
  });

  test('is counted together with single rows', () => {
    const city: Feature = { name: 'city', kind: 'category', levels: ['Rome'] };
    const small = reference(irOf({ core: linearOf([1], [0]), features: [city] }));
    small.read({ city: 'Oslo' });
    small.score(new Map([['city', ['Oslo', 'Rome', 'Paris']]]), 3, new Float64Array(3));
    expect(small.tally.unseen).toBe(3);
  });
});
