import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Feature } from '../../scoring/ir.ts';
import { rowReader } from '../../scoring/rows/rows.ts';

const features: Feature[] = [
  { name: 'age', kind: 'number' },
  { name: 'city', kind: 'category', levels: ['Rome', '12', 'TRUE', '1.50', ' x'] },
  { name: 'constructor', kind: 'number' },
  { name: '__proto__', kind: 'number' },
  { name: 'code', kind: 'category' },
];
const read = rowReader(features, 'f64');
const readSingle = rowReader(features, 'f32');
const one = (name: string, value: unknown) => {
  const row = read(Object.fromEntries([[name, value]]));
  return Array.isArray(row) ? row[0]?.problem : row[features.findIndex((feature) => feature.name === name)];
};

describe('a record is read by name', () => {
  test('a missing column, null, an empty text and NaN are missing', () => {
    expect(read({})).toEqual(new Float64Array(5).fill(Number.NaN));
    for (const value of [null, undefined, '', '  ', Number.NaN]) expect(one('age', value)).toBeNaN();
    for (const value of [null, undefined, '', Number.NaN]) expect(one('city', value)).toBeNaN();
  });

  test.each([
    [1.5, 1.5],
    [' 1.5e3 ', 1500],
    ['-.5', -0.5],
    [true, 1],
    [false, 0],
    ['0x10', 'not_a_number'],
    ['1,5', 'not_a_number'],
    ['NaN', 'not_a_number'],
    ['Infinity', 'not_a_number'],
    ['1e999', 'not_finite'],
    [Number.POSITIVE_INFINITY, 'not_finite'],
    [Number.NEGATIVE_INFINITY, 'not_finite'],
    [[1], 'wrong_type'],
    [{ valueOf: () => 1 }, 'wrong_type'],
    [1n, 'wrong_type'],
  ])('the number %o is read as %o', (value, expected) => {
    expect(one('age', value)).toBe(expected);
  });

  test.each([
    ['Rome', 0],
    ['12', 1],
    [12, 1],
    [true, 2],
    ['true', 2],
    [1.5, 3],
    ['1.5', Number.NaN],
    ['rome', Number.NaN],
    ['x', Number.NaN],
    [' x', 4],
    ['never seen', Number.NaN],
    [{}, 'wrong_type'],
    [Number.POSITIVE_INFINITY, 'not_finite'],
  ])('the category %o is read as level %o', (value, expected) => {
    expect(one('city', value)).toBe(expected);
  });

  test('a category without levels takes its code, whose fraction LightGBM cuts off', () => {
    expect(one('code', 3.9)).toBe(3);
    expect(one('code', '3')).toBe(3);
    expect(one('code', 'three')).toBe('not_a_number');
  });

  test('what every object inherits is not a value, what the record owns is', () => {
    expect(one('constructor', 4)).toBe(4);
    expect(read({})).toHaveLength(5);
    expect((read(JSON.parse('{"__proto__": 5}')) as Float64Array)[3]).toBe(5);
  });

  test('XGBoost reads in single precision, beyond which a number is not finite', () => {
    expect((readSingle({ age: 0.1 }) as Float64Array)[0]).toBe(Math.fround(0.1));
    expect(readSingle({ age: 1e39 })).toEqual([{ feature: 'age', problem: 'not_finite' }]);
  });

  test('every wrong value is named at once, and never shown', () => {
    const issues = read({ age: 'secret', constructor: [], city: 'secret' });
    expect(issues).toEqual([
      { feature: 'age', problem: 'not_a_number' },
      { feature: 'constructor', problem: 'wrong_type' },
    ]);
    expect(JSON.stringify(issues)).not.toContain('secret');
  });

  test('the order of columns and columns nobody knows change nothing', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.double(),
        fc.string(),
        (others, age, city) => {
          const known = { age, city };
          const mixed = Object.fromEntries([...Object.entries(others), ['city', city], ['age', age]]);
          for (const { name } of features)
            if (!Object.hasOwn(known, name)) Reflect.deleteProperty(mixed, name);
          expect(read(mixed)).toEqual(read(known));
        },
      ),
    );
  });

  test('any value gives a finite number, a missing one or an issue', () => {
    fc.assert(
      fc.property(fc.constantFrom(...features), fc.anything(), ({ name }, value) => {
        const row = read(Object.fromEntries([[name, value]]));
        if (!Array.isArray(row)) expect(row.every((x) => Number.isNaN(x) || Number.isFinite(x))).toBe(true);
      }),
    );
  });
});

describe('what is missing, and what was never seen', () => {
  const city: Feature = {
    name: 'city',
    kind: 'category',
    levels: ['Rome', 'city.Oslo', '12'],
    prefix: 'city.',
  };
  const age: Feature = { name: 'age', kind: 'number' };
  const required = [city, age].map((feature): Feature => ({ ...feature, required: true }));

  test('a level may be written with its column before it', () => {
    const read = rowReader([city], 'f64');
    expect(read({ city: 'Oslo' })).toEqual(Float64Array.of(1));
    expect(read({ city: 'city.Oslo' })).toEqual(Float64Array.of(1));
    expect(rowReader([{ ...city, prefix: undefined }], 'f64')({ city: 'Oslo' })).toEqual(
      Float64Array.of(Number.NaN),
    );
  });

  test('a model without a rule for what is missing refuses it', () => {
    const read = rowReader(required, 'f64');
    expect(read({ city: 'Rome', age: 1 })).toEqual(Float64Array.of(0, 1));
    expect(read({ city: '' })).toEqual([
      { feature: 'city', problem: 'missing' },
      { feature: 'age', problem: 'missing' },
    ]);
    expect(read({ city: 'Paris', age: 1 })).toEqual([{ feature: 'city', problem: 'unseen_level' }]);
  });

  test('read strictly, a level never seen is a problem; a missing value is not', () => {
    const read = rowReader([city, age], 'f64', { strict: true });
    expect(read({ city: 'Paris' })).toEqual([{ feature: 'city', problem: 'unseen_level' }]);
    expect(read({ city: null })).toEqual(Float64Array.of(Number.NaN, Number.NaN));
  });

  test('levels never seen are counted, missing values are not', () => {
    const tally = { unseen: 0 };
    const read = rowReader([city, { ...city, name: 'home' }, age], 'f64', { tally });
    read({ city: 'Paris', home: 'Rome', age: -1 });
    expect(tally.unseen).toBe(1);
    read({ city: 'Paris', home: 13 });
    expect(tally.unseen).toBe(3);
    read({ city: null, age: 12 });
    expect(tally.unseen).toBe(3);
  });
});
