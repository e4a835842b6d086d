import type { predict } from '../../../contracts/inference.ts';
import type { Input } from '../../../contracts/route.ts';
import { type Fault, Problem } from '../../../domain/problem.ts';
import type { Model } from '../../../scoring/load.ts';
import type { RowIssue } from '../../../scoring/rows.ts';

type Body = Input<typeof predict>['body'];

const named: Record<RowIssue['problem'], Pick<Fault, 'type' | 'msg'>> = {
  not_a_number: {
    type: 'float_parsing',
    msg: 'Input should be a valid number, unable to parse string as a number',
  },
  not_finite: { type: 'finite_number', msg: 'Input should be a finite number' },
  wrong_type: { type: 'value_type', msg: 'Input should be a value of the type of this feature' },
};

/** Answer every record or none: predictions and, where asked for, what each feature contributed. */
export function score(model: Model, { inputs, options }: Body) {
  if (options.include_contributions && !model.contributions.available)
    throw new Problem('invalid', `Contributions are not available for ${model.contributions.kind} models`);
  const rows = readRows(model, inputs);
  const predictions = rows.map((row, i) => {
    const { prediction, probabilities } = model.predict(row);
    if (typeof prediction === 'number' && !Number.isFinite(prediction))
      throw new Problem('invalid', `The model gives no finite number for record ${i}`);
    return options.include_probabilities ? { prediction, probabilities } : { prediction };
  });
  return options.include_contributions
    ? { predictions, contributions: rows.map((row) => contributions(model, row)) }
    : { predictions };
}

export const recordsOf = (inputs: Body['inputs']) => (Array.isArray(inputs) ? inputs : [inputs]);

function readRows(model: Model, inputs: Body['inputs']): Float64Array[] {
  const faults: Fault[] = [];
  const rows: Float64Array[] = [];
  for (const [i, record] of recordsOf(inputs).entries()) {
    const row = model.read(record);
    if (Array.isArray(row))
      faults.push(...row.map((issue) => faultOf(issue, Array.isArray(inputs) ? [i] : [])));
    else rows.push(row);
    if (faults.length >= 20) break;
  }
  if (faults.length > 0) throw new Problem('invalid', faults.slice(0, 20));
  return rows;
}

const faultOf = ({ feature, problem }: RowIssue, row: number[]): Fault => ({
  ...named[problem],
  loc: ['body', 'inputs', ...row, feature],
});

/** In units of the raw margin; the bias last. */
function contributions(model: Model, row: Float64Array) {
  const values = model.explain(row);
  return Array.from(values, (value, i) => ({ feature: model.features[i]?.name ?? 'BiasTerm', value }));
}
