import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Reference } from '../../scoring/evaluate/reference.ts';
import { selfCheck } from '../../scoring/probe.ts';
import { distance, haveThirdParty, modelAt, numbersAt, rowsOf, thirdParty, tolerance } from './goldens.ts';

if (!haveThirdParty) console.error('skipped: third-party models are not in ../shared/fixtures/models');

/** All probabilities, or the one value. */
function answersOf(model: Reference, row: Float64Array): number[] {
  const { prediction, probabilities } = model.predict(row);
  return probabilities ? Object.values(probabilities) : [Number(prediction)];
}

const bound = tolerance.onnx.prediction;
const learned = ['gb_iris', 'gbr_dia', 'hgb_bc', 'lr_pipe_bc', 'mlp_iris', 'rf_bc'];

describe.skipIf(!haveThirdParty)('ONNX models of other projects answer as their own library does', () => {
  const at = (path: string) => join(thirdParty, path);

  test.each(learned)('%s, against ONNX Runtime and scikit-learn', (name) => {
    const file = (ext: string) => at(`generated/sklearn-onnx/${name}.${ext}`);
    const model = modelAt(file('onnx'));
    const rows = rowsOf(numbersAt(file('X.f32')), model.features.length);
    expect(rows).toHaveLength(150);
    const answers = rows.flatMap((row) => answersOf(model, row));
    expect(distance(answers, numbersAt(file('ort.f32')))).toBeLessThanOrEqual(bound);
    expect(distance(answers, numbersAt(file('pred.f64')))).toBeLessThanOrEqual(bound);
    expect(selfCheck(model, model, null)).toBeNull();
  });

  test('a pipeline with texts, against scikit-learn', () => {
    const model = modelAt(at('generated/sklearn-onnx/titanic_pipe.onnx'));
    const records: Record<string, unknown>[] = JSON.parse(
      readFileSync(at('generated/sklearn-onnx/titanic_pipe.X.json'), 'utf8'),
    );
    expect(records).toHaveLength(100);
    const answers = records.flatMap((record) => {
      const row = model.read(record);
      return Array.isArray(row) ? [Number.NaN] : answersOf(model, row);
    });
    expect(
      distance(answers, numbersAt(at('generated/sklearn-onnx/titanic_pipe.pred.f64'))),
    ).toBeLessThanOrEqual(bound);
    expect(model.features.map(({ name, levels }) => [name, levels])).toEqual([
      ['age', undefined],
      ['fare', undefined],
      ['sex', ['female', 'male']],
      ['emb', ['C', 'Q', 'S']],
    ]);
  });

  test('a hundred trees of XGBoost, with missing values', () => {
    const file = (ext: string) => at(`generated/xgboost-1.7.4/bin100d6.${ext}`);
    const model = modelAt(file('onnx'));
    expect(model.ir.core.type).toBe('trees');
    const rows = rowsOf(numbersAt(file('X.f32')), 28);
    expect(rows).toHaveLength(1_000);
    expect(rows.some((row) => row.some(Number.isNaN))).toBe(true);
    const answers = rows.map((row) => answersOf(model, row)[1] ?? Number.NaN);
    expect(distance(answers, numbersAt(file('pred.f32')))).toBeLessThanOrEqual(bound);
    const margins = rows.map((row) => model.margin(row)[0] ?? Number.NaN);
    expect(distance(margins, numbersAt(file('margin.f32')))).toBeLessThanOrEqual(bound);
  });

  test.each(['test_xgb', 'treecl2'])(
    '%s, which has no answers beside it, is read and checks itself',
    (name) => {
      const model = modelAt(at(`onnx/${name}.onnx`));
      expect(model.ir.core.type).toBe('trees');
      expect(model.contributions).toEqual({ available: false, kind: 'ONNX' });
      expect(selfCheck(model, model, null)).toBeNull();
    },
  );
});
