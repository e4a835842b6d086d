import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Reference } from '../../scoring/evaluate/reference.ts';
import { distance, modelAt, own, tolerance } from './goldens.ts';

type Golden = {
  rows: (number | string | boolean | null)[][];
  scores: (number | null)[][];
  labels?: string[];
};

const folder = join(own, 'onnx');
const goldens: Record<string, Golden> = JSON.parse(readFileSync(join(folder, 'goldens.json'), 'utf8'));

/** Labels that the library tells from other rules than the scores beside them: ours is the class of the largest. */
const labelsApart = new Set([
  // By a score above one half, though its logistic function is the probability.
  'one-score-logistic-positive',
  // Two columns of scores make it answer 0 or 1 by the sign of the second.
  'two-scores-softmax',
  'two-scores-softmax-zero',
  'two-scores-logistic',
  'two-scores-distance',
  'two-scores-shares',
  // By the scores before a transformation that makes 0 the smallest of them.
  'linear-classifier-zero-softmax-zero',
]);

/** In single precision the library itself is no nearer to what it computes: two large numbers cancel. */
const probitNearOneHalf = 5e-5;

function rowOf(model: Reference, values: Golden['rows'][number]): Float64Array {
  expect(values).toHaveLength(model.features.length);
  const row = model.read(Object.fromEntries(model.features.map(({ name }, i) => [name, values[i]])));
  if (Array.isArray(row)) throw new Error(JSON.stringify(row));
  return row;
}

/** What the library prints as scores: a hinge has none, so its margin stands for them. */
function scoresOf(model: Reference, row: Float64Array): number[] {
  const { prediction, probabilities, outputs } = model.predict(row);
  if (outputs) return outputs.map(Number);
  if (probabilities) return Object.values(probabilities);
  return model.output.link === 'step' ? [model.margin(row)[0] ?? Number.NaN] : [Number(prediction)];
}

test('there is a model of every operation', () => {
  expect(Object.keys(goldens).length).toBeGreaterThan(100);
});

describe.each(Object.entries(goldens))('%s answers as ONNX Runtime does', (name, golden) => {
  const model = modelAt(join(folder, `${name}.onnx`));
  const rows = golden.rows.map((values) => rowOf(model, values));

  test('the scores are the same', () => {
    const expected = golden.scores.map((scores) => scores.map((score) => score ?? Number.NaN));
    const wanted =
      model.output.link === 'step' || name === 'second-score-softmax'
        ? expected.map((scores) => scores.slice(-1))
        : expected;
    const actual = rows
      .map((row) => scoresOf(model, row))
      .map((scores, i) => scores.slice(-(wanted[i]?.length ?? 0)));
    expect(distance(actual.flat(), wanted.flat())).toBeLessThanOrEqual(
      name.includes('probit') ? probitNearOneHalf : tolerance.onnx.prediction,
    );
  });

  test('the labels are the same', () => {
    if (!golden.labels) return expect(model.output.kind).toBe('regression');
    const largest = golden.scores.map(
      (scores) => model.output.classes[scores.indexOf(Math.max(...scores.map(Number)))],
    );
    const labels = rows.map((row) => model.predict(row).prediction);
    return expect(labels).toEqual(labelsApart.has(name) ? largest : golden.labels);
  });
});

describe('what is read of an ONNX model', () => {
  const read = (name: string) => modelAt(join(folder, `${name}.onnx`));

  test.each(['mode-leq', 'one-score-logistic', 'three-classes-softmax', 'trees-double', 'trees-columns'])(
    '%s is trees and nothing else, so that a kernel can score it',
    (name) => {
      expect(read(name).ir.core.type).toBe('trees');
    },
  );

  test('inputs of one column are features by their names, texts with the levels that the model knows', () => {
    expect(read('sklearn-columns').features).toEqual([
      { name: 'age', kind: 'number' },
      { name: 'fare', kind: 'number' },
      { name: 'city', kind: 'category', levels: ['Oslo', 'Roma', 'Łódź'] },
      { name: 'deck', kind: 'category', levels: ['a', 'b'] },
    ]);
  });

  test('the columns of the only input are numbered, those of one among others by its name', () => {
    expect(read('scaler').features.map(({ name }) => name)).toEqual(['f0', 'f1', 'f2']);
    expect(read('concat').features.map(({ name }) => name)).toEqual(['a_0', 'a_1', 'b']);
  });

  test('a missing number is refused where it would make the answer none', () => {
    expect(read('sklearn-logistic').features.every(({ required }) => required)).toBe(true);
    expect(read('imputer').features.some(({ required }) => required)).toBe(false);
    expect(read('mode-leq').features.some(({ required }) => required)).toBe(false);
    expect(read('sklearn-columns-linear').features.some(({ required }) => required)).toBe(false);
  });

  test('scores that are no probabilities decide without one', () => {
    expect(read('one-score-distance').predict(new Float64Array(2)).probabilities).toBeUndefined();
    expect(read('sklearn-support').output.link).toBe('step');
  });

  test('contributions are refused, for the format has no covers', () => {
    expect(read('mode-leq').contributions).toEqual({ available: false, kind: 'ONNX' });
  });
});
