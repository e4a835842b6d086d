import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binner } from '../../../domain/drift/bin.ts';
import { type Profile, partsOf } from '../../../domain/drift/profile.ts';
import { type Described, profileOf, profiler, type Sampled } from '../../../domain/drift/profiler.ts';
import { countRow, emptyWindow } from '../../../domain/drift/window.ts';
import { featureOf, number, range, regression, rowsOf, text } from './samples.ts';

describe('a numeric feature', () => {
  test('with more than 20 distinct values has deciles, σ and means within bins', () => {
    expect(featureOf([...range(100), null])).toEqual({
      name: 'x',
      type: 'numeric',
      reads: 'number',
      edges: range(9).map((i) => expect.closeTo(9.9 * (i + 1), 12)),
      means: range(10).map((i) => expect.closeTo(4.5 + 10 * i, 12)),
      sigma: expect.closeTo(Math.sqrt((100 ** 2 - 1) / 12), 12),
      counts: [...new Array<number>(10).fill(10), 1],
    });
  });

  test.each([
    [21, 'numeric'],
    [20, 'categorical'],
  ])('with %i distinct values is %s', (distinct, type) =>
    expect(featureOf(range(200).map((i) => i % distinct)).type).toBe(type),
  );

  test('declared a category is one, and so is one whose values are listed', () => {
    const codes = range(90).map((i) => i % 30);
    expect(featureOf(codes).type).toBe('numeric');
    expect(featureOf(codes, 'integer', { categorical: true }).type).toBe('categorical');
    expect(featureOf(codes, 'number', { values: ['0', '1'] }).type).toBe('categorical');
  });

  test('has each edge once: what is often the same value has one bin', () => {
    expect(featureOf([...new Array<number>(50).fill(0), ...range(50, 1)])).toMatchObject({
      edges: [0, 0.5, 10.4, 20.3, 30.2, 40.1].map((edge) => expect.closeTo(edge, 12)),
      counts: [0, 50, 10, 10, 10, 10, 10, 0],
      means: [0, 0, 5.5, 15.5, 25.5, 35.5, 45.5].map((mean) => expect.closeTo(mean, 12)),
    });
  });

  test('knows one zero, as JSON does', () => {
    const feature = featureOf([...new Array<number>(50).fill(-0), ...range(50, 1)]);
    expect(JSON.parse(JSON.stringify(feature))).toEqual(feature);
  });

  test('stays finite at the ends of the range of numbers', () => {
    const huge = range(60).map((i) => (i % 2 === 0 ? 1 : -1) * 1.7e308 * (1 - i / 1000));
    expect(JSON.stringify(featureOf(huge))).not.toContain('null');
    expect(featureOf(huge)).toMatchObject({ edges: { 4: expect.closeTo(0, -306) } });
  });
});

describe('a category', () => {
  test('has a bin per value, the most frequent first and equally frequent ones by code point', () => {
    const feature = featureOf(['b', 'a', 'b', '😀', '\uffff', null, 'c', 'c', 'c'], 'string');
    expect(feature).toMatchObject({
      type: 'categorical',
      categories: ['c', 'b', 'a', '\uffff', '😀'],
      counts: [3, 2, 1, 1, 1, 0, 0, 1],
    });
  });

  test('of more than 50 values counts the rest together', () => {
    const values = range(60).flatMap((i) => new Array<string>(100 - i).fill(`v${i}`));
    const feature = featureOf(values, 'string');
    if (feature.type !== 'categorical') throw new Error(feature.type);
    expect(feature.categories).toEqual(range(50).map((i) => `v${i}`));
    expect(feature.others).toHaveLength(10);
    expect(feature.counts.slice(50)).toEqual([50 + 49 + 48 + 47 + 46 + 45 + 44 + 43 + 42 + 41, 0, 0]);
  });

  test('of booleans has two values, however they are spelled', () =>
    expect(featureOf([true, 'true', 1, '1', false, 'False', 0, 'maybe'], 'boolean')).toMatchObject({
      categories: ['true', 'false'],
      counts: [4, 3, 0, 0, 1],
    }));
});

describe('a text', () => {
  const cycled = (distinct: number, rows: number) => range(rows).map((i) => `v${i % distinct}`);

  test.each([
    [1000, 4000, 'categorical'],
    [1001, 4000, 'hashed'],
    [1001, 2001, 'id'],
    [1001, 2002, 'hashed'],
    [51, 101, 'id'],
    [51, 102, 'categorical'],
    [50, 60, 'categorical'],
  ])('with %i distinct values in %i rows is %s', (distinct, rows, type) =>
    expect(featureOf(cycled(distinct, rows), 'string').type).toBe(type),
  );

  test('that is hashed has 50 buckets and its missing values', () => {
    const { counts } = featureOf([...cycled(2000, 8000), null, ''], 'string');
    expect(counts).toHaveLength(51);
    expect(counts.at(-1)).toBe(2);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(8002);
  });

  test('that is an id tells only how many are missing', () =>
    expect(featureOf([...cycled(100, 100), null], 'string')).toEqual({
      name: 'x',
      type: 'id',
      reads: 'text',
      counts: [100, 1],
    }));

  test('whose names must not be kept keeps none, and numbers keep their bins', () => {
    const rows = range(100).map((i) => ({ record: { city: `town ${i % 7}`, age: i } }));
    const settings = { ...regression, unnamed: ['city', 'age'] };
    const profile = profileOf(rows, [text('city'), number('age')], settings);
    expect(JSON.stringify(profile)).not.toContain('town');
    expect(profile.features.map(({ type, counts }) => [type, counts.length])).toEqual([
      ['id', 2],
      ['numeric', 11],
    ]);
  });
});

describe('predictions', () => {
  const answers = range(400).map((i): Sampled => {
    const yes = i / 400;
    return {
      record: { x: i },
      answer: { prediction: yes > 0.25 ? 'yes' : 'no', probabilities: { yes, no: 1 - yes } },
    };
  });

  test('of a binary model are its labels, and deciles of the score of one of them', () => {
    const settings = { source: 'sample', problem: 'binary', positive: 'yes' } as const;
    const { prediction, score } = profileOf(answers, [number('x')], settings);
    expect(prediction).toMatchObject({ categories: ['yes', 'no'], counts: [299, 101, 0, 0, 0] });
    expect(score).toMatchObject({
      positive: 'yes',
      bins: { counts: [...new Array<number>(10).fill(40), 0] },
    });
  });

  test('of a regression are deciles, however few distinct values there are', () => {
    const steps = range(90).map((i) => ({ record: {}, answer: { prediction: i % 3 } }));
    expect(profileOf(steps, [], regression).prediction).toMatchObject({ type: 'numeric', edges: [0, 1, 2] });
  });

  test('that the sample lacks have no bins', () => {
    const profile = profileOf(rowsOf(range(100)), [number('x')], { ...regression, positive: 'yes' });
    expect(profile).toMatchObject({ prediction: null, score: null });
    expect(partsOf(profile)).toHaveLength(1);
  });
});

describe('a large sample', () => {
  test('of more rows than are held is thinned out evenly', () => {
    const { add, profile } = profiler([number('x'), text('y')], regression, 1000);
    for (const i of range(7777)) add({ record: { x: i, y: `v${i % 3}` } });
    const { rows, read, features } = profile();
    expect(read).toBe(7777);
    expect(rows).toBe(Math.ceil(7777 / 8));
    const [x, y] = features;
    expect(x).toMatchObject({ edges: range(9).map((i) => expect.closeTo(777.6 * (i + 1), -1)) });
    expect(y?.counts.slice(0, 3).every((count) => count > 320)).toBe(true);
  });

  test('is held whole up to the limit', () => {
    const { add, profile } = profiler([number('x')], regression, 1000);
    for (const i of range(1000)) add({ record: { x: i } });
    expect(profile()).toMatchObject({ rows: 1000, read: 1000 });
  });

  test('of more than 500 features lists those without bins', () => {
    const profile = profileOf(
      [{ record: { f1: 1 } }],
      range(503).map((i) => number(`f${i}`)),
      regression,
    );
    expect(profile.features).toHaveLength(500);
    expect(profile.unbinned).toEqual(['f500', 'f501', 'f502']);
  });
});

const value = fc.oneof(
  fc.integer({ min: -30, max: 30 }),
  fc.double(),
  fc.constantFrom('a', 'b', 'True', '1.0', '', '__proto__', 'constructor', null, undefined, true, false),
  fc.string(),
);
const described: Described[] = [
  number('n'),
  text('constructor'),
  { name: '__proto__', type: 'string' },
  { name: 'b', type: 'boolean' },
  { name: 'c', type: 'integer', categorical: true },
];
const sampled = fc.record({
  record: fc
    .tuple(value, value, value, value, value)
    .map((values) => Object.fromEntries(described.map(({ name }, i) => [name, values[i]]))),
  answer: fc.record({
    prediction: fc.constantFrom('yes', 'no'),
    probabilities: fc.record({ yes: fc.double({ min: 0, max: 1 }) }),
  }),
});
const binary = { source: 'sample', problem: 'binary', positive: 'yes' } as const;

function countsOf(profile: Profile, rows: readonly Sampled[]): number[][] {
  const bin = binner(profile);
  const window = emptyWindow(profile);
  for (const { record, answer } of rows) if (answer) countRow(window, bin(record, answer));
  return window.counts;
}

test('the sample itself, binned row by row after a round trip through JSON, has the counts of its profile', () => {
  fc.assert(
    fc.property(fc.array(sampled, { minLength: 1, maxLength: 200 }), (rows) => {
      const made = profileOf(rows, described, binary);
      const profile = JSON.parse(JSON.stringify(made)) as Profile;
      expect(profile).toEqual(made);
      expect(countsOf(profile, rows)).toEqual(partsOf(profile).map(({ counts }) => counts));
    }),
  );
});

test('the order of the rows is irrelevant', () => {
  fc.assert(
    fc.property(fc.array(sampled, { minLength: 1, maxLength: 100 }), (rows) => {
      expect(profileOf(rows.toReversed(), described, binary)).toEqual(profileOf(rows, described, binary));
    }),
  );
});
