import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inputsOf } from '../../functions/kit/batch/run/features.ts';
import { scorerOf } from '../../functions/kit/batch/run/scorer.ts';
import type { Field, PrimitiveType } from '../../iceberg/model.ts';
import type { Output } from '../../scoring/ir.ts';
import { irOf, linearOf, outputOf } from '../scoring/irs.ts';
import { modelOf } from './support/runWorld.ts';

const field = (id: number, name: string, type: PrimitiveType): Field => ({ id, name, required: false, type });

const outputs: [string, Partial<Output>, number][] = [
  ['a regression', {}, 1],
  ['two classes', { kind: 'binomial', classes: ['no', 'yes'], link: 'logistic' }, 1],
  [
    'two classes with a threshold',
    { kind: 'binomial', classes: ['no', 'yes'], link: 'logisticSingle', threshold: 0.2 },
    1,
  ],
  ['two classes without probabilities', { kind: 'binomial', classes: ['no', 'yes'], link: 'step' }, 1],
  [
    'two calibrated classes',
    {
      kind: 'binomial',
      classes: ['a', 'b'],
      link: 'logistic',
      calibration: { kind: 'platt', slope: -2, intercept: 0.1 },
    },
    1,
  ],
  ['three classes', { kind: 'multinomial', classes: ['a', 'b', 'c'], link: 'softmax' }, 3],
  [
    'three classes whose ties are drawn',
    { kind: 'multinomial', classes: ['a', 'b', 'c'], link: 'softmax', ties: [0.2, 0.3, 0.5] },
    3,
  ],
  ['classes in order', { kind: 'ordinal', classes: ['low', 'middle', 'high'], link: 'ordinal' }, 2],
  ['several numbers', { targets: 2 }, 2],
  ['several truths', { kind: 'binomial', classes: ['no', 'yes'], link: 'logistic', targets: 2 }, 2],
];

describe.each(outputs)('%s', (_, output, margins) => {
  const weights = Array.from({ length: 2 * margins }, (_w, i) => ((i * 7) % 5) - 2);
  const model = modelOf(
    irOf({ core: linearOf(weights, new Array(margins).fill(0.1)), output: outputOf(output) }),
  );
  const inputs = inputsOf(model.features, [
    field(1, 'x0', { type: 'double' }),
    field(2, 'x1', { type: 'double' }),
  ]);

  test('has columns that say what a prediction says', () => {
    const { columns, outputs: count, score } = scorerOf(model, inputs);
    expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
    expect(columns[0]?.name).toBe('prediction');
    const numbers = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(numbers, (values) => {
        const rows = Math.floor(values.length / 2);
        const given = [0, 1].map((k) =>
          Float64Array.from({ length: rows }, (_v, i) => values[2 * i + k] ?? 0),
        );
        const answers = Array.from({ length: count }, () => new Float64Array(rows));
        score(given, rows, answers);
        for (let i = 0; i < rows; i++) {
          const read = model.read({ x0: given[0]?.[i], x1: given[1]?.[i] });
          if (Array.isArray(read)) throw new Error('the model refuses a row');
          const { prediction, probabilities, calibrated, outputs: several } = model.predict(read);
          const wanted = [
            prediction,
            ...(several ?? []),
            ...Object.values(probabilities ?? {}),
            ...Object.values(calibrated ?? {}),
          ];
          const told = columns.map(({ labels }, k) => {
            const value = answers[k]?.[i] ?? Number.NaN;
            return labels ? labels[value] : value;
          });
          expect(told).toEqual(wanted);
        }
      }),
    );
  });
});
