import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binner } from '../../../domain/drift/bin.ts';
import { type Profile, partsOf } from '../../../domain/drift/profile.ts';
import { profileOf } from '../../../domain/drift/profiler.ts';
import { psi } from '../../../domain/drift/psi.ts';
import { countRow, emptyWindow } from '../../../domain/drift/window.ts';
import { number, range, regression, rowsOf, text } from './samples.ts';

const answer = { prediction: 0 };

/** The bin of a value of the only feature. */
function binOfOne(profile: Profile): (x: unknown) => number | undefined {
  const bin = binner(profile);
  return (x) => bin({ x }, answer)[0];
}

test('the worked example: 0…99 at registration, 50…149 and ten nulls afterwards', () => {
  const profile = profileOf(rowsOf(range(100)), [number('x')], regression);
  const bin = binner(profile);
  const window = emptyWindow(profile);
  for (const x of [...range(100, 50), ...new Array<null>(10).fill(null)])
    countRow(window, bin({ x }, answer));
  expect(window).toEqual({ rows: 110, counts: [[0, 0, 0, 0, 0, 10, 10, 10, 10, 60, 10]] });
  expect(psi(profile.features[0]?.counts ?? [], window.counts[0] ?? [])).toBeCloseTo(4.828212580003099, 12);
});

describe('the bin of a number', () => {
  const bin = binOfOne(profileOf(rowsOf(range(101)), [number('x')], regression));

  test.each([
    [0, 0],
    [9.999, 0],
    [10, 1],
    [89.9, 8],
    [90, 9],
    [-1e300, 0],
    [1e300, 9],
    ['10', 1],
    ['9,5', 10],
    [true, 0],
    [null, 10],
    [undefined, 10],
    ['', 10],
    [Number.NaN, 10],
    [{}, 10],
  ])('%j is %i: edges belong to the bin above them, what is no number is missing', (x, expected) =>
    expect(bin(x)).toBe(expected),
  );
});

describe('the bin of a category', () => {
  const often = range(50).flatMap((i) => [`v${i}`, `v${i}`]);
  const bin = binOfOne(profileOf(rowsOf([...often, ...often, 'rare', '7.0']), [text('x')], regression));
  const [other, unseen, missing] = [50, 51, 52];

  test.each([
    ['v0', 0],
    ['rare', other],
    ['unheard of', unseen],
    ['V0', unseen],
    [8, unseen],
    ['', missing],
    [null, missing],
    [['v0'], missing],
  ])('%j is %i', (x, expected) => expect(bin(x)).toBe(expected));

  test('whose name is a decimal is that of the number too', () => {
    const decimals = binOfOne(profileOf(rowsOf(['1.0', '2.0', '2.0', 'x']), [text('x')], regression));
    expect([1, 2, '2.0', '2', 'x'].map(decimals)).toEqual([1, 0, 0, 4, 2]);
  });

  test('of few numbers takes numbers and their texts', () => {
    const few = binOfOne(profileOf(rowsOf([1, 1, 2, -0]), [number('x')], regression));
    expect([1, '1', '1.0', true, 0, '0', 3, 'x', null].map(few)).toEqual([0, 0, 0, 0, 1, 1, 4, 5, 5]);
  });

  test('of nothing at all is new, unless it is missing', () => {
    const nothing = binOfOne(profileOf(rowsOf([null, null]), [number('x')], regression));
    expect([1, null].map(nothing)).toEqual([1, 2]);
  });
});

test('the bin of a hashed text is the bucket of its hash', () => {
  const texts = range(6000).map((i) => `merchant-${i % 1500}`);
  const bin = binOfOne(profileOf(rowsOf(texts), [text('x')], regression));
  expect([bin('merchant-42'), bin(null)]).toEqual([2, 50]);
});

test('the prediction and the score follow the features', () => {
  const rows = range(100).map((i) => ({
    record: { x: i },
    answer: { prediction: i < 30 ? 'no' : 'yes', probabilities: { yes: i / 100 } },
  }));
  const settings = { source: 'sample', problem: 'binary', positive: 'yes' } as const;
  const bin = binner(profileOf(rows, [number('x')], settings));
  expect([...bin({ x: 99 }, { prediction: 'no', probabilities: { yes: 0 } })]).toEqual([9, 1, 0]);
  expect([...bin({ x: 99 }, { prediction: 'maybe' })]).toEqual([9, 3, 10]);
});

test('any record has one bin in every part, counted exactly once', () => {
  const features = [number('n'), text('s'), text('hash'), text('id'), number('few')];
  const rows = range(6000).map((i) => ({
    record: { n: i, s: `v${i % 70}`, hash: `h${i % 1100}`, id: `i${i}`, few: i % 5 },
    answer: { prediction: i },
  }));
  const profile = profileOf(rows, features, regression);
  expect(profile.features.map(({ type }) => type)).toEqual([
    'numeric',
    'categorical',
    'hashed',
    'id',
    'categorical',
  ]);
  const bin = binner(profile);
  const prediction = fc.oneof(fc.double(), fc.string());
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('n', 's', 'hash', 'id', 'few', 'more'), fc.anything()),
      prediction,
      (record, prediction) => {
        const window = emptyWindow(profile);
        countRow(window, bin(record, { prediction }));
        expect(window.counts.map((counts) => counts.reduce((sum, n) => sum + n, 0))).toEqual(
          partsOf(profile).map(() => 1),
        );
        expect(window.counts.map((counts) => counts.length)).toEqual(
          partsOf(profile).map(({ counts }) => counts.length),
        );
      },
    ),
  );
});
