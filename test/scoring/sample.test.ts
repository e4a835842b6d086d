import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { probe, selfCheck } from '../../scoring/probe.ts';
import { distance, modelAt, shortfall, tolerance } from './goldens.ts';

const folder = join(import.meta.dirname, '../../local/sample');
const sample: {
  features: string[];
  target: string;
  models: { file: string; format: string; algo: string; metrics: Record<string, number> }[];
  example: {
    record: Record<string, number>;
    diagnosis: string;
    probability_of_1: Record<string, number>;
  };
} = JSON.parse(readFileSync(join(folder, 'sample.json'), 'utf8'));

describe.each(sample.models)('the sample model $file', ({ file, format, algo, metrics }) => {
  const model = modelAt(join(folder, file));

  test('is what its card says, explains itself and passes its own check', () => {
    expect([model.format, model.algo]).toEqual([format, algo]);
    expect(model.features.map(({ name }) => name)).toEqual(sample.features);
    expect(model.contributions).toEqual({ available: true });
    expect(selfCheck(model, model, model.explain)).toBeNull();
    expect(['0', '1']).toContain(probe(model.ir, model).prediction);
    expect(metrics.auc).toBeGreaterThan(0.95);
  });

  test('diagnoses the example as its library does, and as it was', () => {
    const row = model.read(sample.example.record) as Float64Array;
    const { prediction, probabilities } = model.predict(row);
    expect(prediction).toBe(sample.example.diagnosis);
    const expected = sample.example.probability_of_1[file] ?? Number.NaN;
    const bound = tolerance[model.format].prediction;
    expect(distance([probabilities?.['1'] ?? Number.NaN], [expected])).toBeLessThanOrEqual(bound);
    expect(shortfall(model, row, model.explain(row))).toBeLessThanOrEqual(tolerance.additivity);
  });

  test('agrees with most of the rows it was trained on', () => {
    const [head = '', ...lines] = readFileSync(join(folder, 'baseline.csv'), 'utf8').trim().split('\n');
    const names = head.split(',');
    expect(names).toEqual([...sample.features, sample.target]);
    const right = lines.filter((line) => {
      const record = Object.fromEntries(line.split(',').map((cell, i) => [names[i], cell]));
      return model.predict(model.read(record) as Float64Array).prediction === record[sample.target];
    });
    expect(right.length / lines.length).toBeGreaterThan(0.95);
  });
});
