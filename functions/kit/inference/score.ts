import type { predict } from '../../../contracts/inference.ts';
import type { Input } from '../../../contracts/route.ts';
import type { Binner } from '../../../domain/drift/bin.ts';
import { mostLoggedClasses } from '../../../domain/log.ts';
import { type Fault, Problem } from '../../../domain/problem.ts';
import type { Prediction } from '../../../scoring/evaluate/answers.ts';
import type { Explainer } from '../../../scoring/explain.ts';
import type { Model } from '../../../scoring/model.ts';
import type { RowIssue } from '../../../scoring/rows/rows.ts';

type Body = Input<typeof predict>['body'];

const named: Record<RowIssue['problem'], Pick<Fault, 'type' | 'msg'>> = {
  not_a_number: {
    type: 'float_parsing',
    msg: 'Input should be a valid number, unable to parse string as a number',
  },
  not_finite: { type: 'finite_number', msg: 'Input should be a finite number' },
  wrong_type: { type: 'value_type', msg: 'Input should be a value of the type of this feature' },
  missing: { type: 'missing', msg: 'Field required' },
  unseen_level: { type: 'level', msg: 'Input should be a category that the model knows' },
};

interface Besides {
  explain: Explainer | undefined;
  /** Of a model that has a baseline. */
  bin: Binner | undefined;
}

/**
 * Answer every record or none: predictions and, where they can be explained, what each feature contributed. Bins are
 * taken here, where values are as they came: what is logged may not be.
 */
export function score(model: Model, { inputs, options }: Body, { explain, bin }: Besides) {
  const rows = readRows(model, inputs);
  const records = recordsOf(inputs);
  const bins: Uint8Array[] = [];
  const probabilities: number[][] = [];
  const { classes } = model.output;
  const predictions = rows.map((row, i) => {
    const answer = model.predict(row);
    const { prediction } = answer;
    if (typeof prediction === 'number' && !Number.isFinite(prediction))
      throw new Problem('invalid', `The model gives no finite number for record ${i}`);
    if (bin) bins.push(bin(records[i] ?? {}, answer));
    const { probabilities: of } = answer;
    if (of && classes.length <= mostLoggedClasses) probabilities.push(classes.map((name) => of[name] ?? 0));
    return told(answer, options.include_probabilities);
  });
  const contributed = explain && rows.map((row) => contributions(model, explain(row)));
  return {
    told: contributed ? { predictions, contributions: contributed } : { predictions },
    bins: bin ? bins : null,
    probabilities: probabilities.length > 0 ? probabilities : null,
  };
}

/** Probabilities only where they are asked for; what only some models know, always. */
function told({ probabilities, calibrated, ...answer }: Prediction, all: boolean) {
  if (!all) return answer;
  return { ...answer, probabilities, ...(calibrated && { calibrated_probabilities: calibrated }) };
}

/** Some models cannot say why they answer what they answer: that is told before anything is scored. */
export function assertExplains({ contributions }: Model): void {
  if (!contributions.available)
    throw new Problem('invalid', `Contributions are not available for ${contributions.kind} models`);
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
const contributions = ({ features }: Model, values: Float64Array) =>
  Array.from(values, (value, i) => ({ feature: features[i]?.name ?? 'BiasTerm', value }));
