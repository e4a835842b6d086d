import { calibrated } from '../../../../scoring/evaluate/calibration.ts';
import { isSecond, likeliest } from '../../../../scoring/evaluate/labels.ts';
import { firstOf, toValue, valuesOf } from '../../../../scoring/evaluate/values.ts';
import { type Output, outputsOf } from '../../../../scoring/ir.ts';

/** A column that a model gives beside the entity columns. */
export interface OutputColumn {
  name: string;
  type: 'double' | 'string' | 'boolean';
  /** Of a text: what the numbers of the model stand for. */
  labels?: readonly string[];
}

/** From the margins of one row, which begin at `at`, to one number a column: a value, the place of a label, 1 for true. */
type Fill = (margins: Float64Array, at: number, outputs: readonly Float64Array[], row: number) => void;

export interface Answers {
  columns: OutputColumn[];
  /** Undefined where the answer depends on the row itself: then rows are asked one by one. */
  fill?: Fill;
}

/** More classes than these get a label and no column each. */
const mostClasses = 100;

/** The columns that a kind of model yields, with the same numbers as its predictions one by one. */
export function answersOf(output: Output): Answers {
  if (output.kind === 'anomaly') return anomaly(output);
  if (output.kind === 'multinomial' || output.kind === 'ordinal') return classes(output);
  if (output.targets > 1) return several(output);
  return output.kind === 'regression' ? regression(output) : twoClasses(output);
}

const number = (name: string): OutputColumn => ({ name, type: 'double' });
const label = (labels: readonly string[]): OutputColumn => ({ name: 'prediction', type: 'string', labels });

function put(outputs: readonly Float64Array[], column: number, row: number, value: number): void {
  const output = outputs[column];
  if (output) output[row] = value;
}

function regression(output: Output): Answers {
  const value = toValue(output);
  return {
    columns: [number('prediction')],
    fill: (margins, at, outputs, row) => put(outputs, 0, row, value(margins[at] ?? Number.NaN)),
  };
}

function anomaly(output: Output): Answers {
  const value = toValue(output);
  const { path } = output;
  const flag: OutputColumn[] = path?.threshold === undefined ? [] : [{ name: 'anomalous', type: 'boolean' }];
  return {
    columns: [number('prediction'), ...(path ? [number('mean_length'), ...flag] : [])],
    fill(margins, at, outputs, row) {
      const margin = margins[at] ?? Number.NaN;
      const score = value(margin);
      put(outputs, 0, row, score);
      if (path) put(outputs, 1, row, margin / path.trees);
      if (path?.threshold !== undefined) put(outputs, 2, row, Number(score > path.threshold));
    },
  };
}

/** One column a target, the first of them twice: every table has a `prediction`. */
function several(output: Output): Answers {
  const value = toValue(output);
  const second = isSecond(output);
  const binary = output.kind === 'binomial';
  const told = (margin: number) => (binary ? Number(second(value(margin))) : value(margin));
  const column = (name: string): OutputColumn =>
    binary ? { name, type: 'string', labels: output.classes } : number(name);
  const targets = Array.from({ length: output.targets }, (_, i) => column(`prediction_${i + 1}`));
  return {
    columns: [column('prediction'), ...targets],
    fill(margins, at, outputs, row) {
      put(outputs, 0, row, told(margins[at] ?? Number.NaN));
      for (let i = 0; i < targets.length; i++) put(outputs, i + 1, row, told(margins[at + i] ?? Number.NaN));
    },
  };
}

function twoClasses(output: Output): Answers {
  const second = isSecond(output);
  const pair = pairOf(output);
  const value = toValue(output);
  // A hinge decides without a probability.
  if (output.link === 'step')
    return {
      columns: [label(output.classes)],
      fill: (margins, at, outputs, row) =>
        put(outputs, 0, row, Number(second(value(margins[at] ?? Number.NaN)))),
    };
  const calibrate = output.calibration && calibrated(output.calibration);
  const names = columnNames(output.classes);
  const more = calibrate ? names.map((name) => number(`calibrated_${name}`)) : [];
  return {
    columns: [label(output.classes), ...names.map((name) => number(`probability_${name}`)), ...more],
    fill(margins, at, outputs, row) {
      const [p0, p1] = pair(margins, at);
      put(outputs, 0, row, Number(second(p1)));
      put(outputs, 1, row, p0);
      put(outputs, 2, row, p1);
      if (!calibrate) return;
      const c1 = calibrate(p0, p1);
      put(outputs, 3, row, 1 - c1);
      put(outputs, 4, row, c1);
    },
  };
}

/** The probabilities of both classes; the list is made once and used for every row. */
function pairOf(output: Output): (margins: Float64Array, at: number) => readonly [number, number] {
  const found: [number, number] = [0, 0];
  if (output.priors || outputsOf(output) === 2) {
    const values = valuesOf(output);
    const width = outputsOf(output);
    return (margins, at) => {
      const [p0 = 0, p1 = 0] = values(margins.subarray(at, at + width));
      found[0] = p0;
      found[1] = p1;
      return found;
    };
  }
  const first = firstOf(output);
  const value = toValue(output);
  return (margins, at) => {
    const margin = margins[at] ?? Number.NaN;
    found[1] = value(margin);
    found[0] = first(margin, found[1]);
    return found;
  };
}

function classes(output: Output): Answers {
  const values = valuesOf(output);
  const best = likeliest(output);
  const width = outputsOf(output);
  const names = output.classes.length > mostClasses ? [] : columnNames(output.classes);
  const columns = [label(output.classes), ...names.map((name) => number(`probability_${name}`))];
  if (output.ties) return { columns };
  const none = new Float64Array();
  return {
    columns,
    fill(margins, at, outputs, row) {
      const probabilities = values(margins.subarray(at, at + width));
      put(outputs, 0, row, best(probabilities, none));
      for (let i = 0; i < names.length; i++) put(outputs, i + 1, row, probabilities[i] ?? Number.NaN);
    },
  };
}

/** Labels as parts of column names: letters, digits and `_`, told apart by a number where they would be the same. */
function columnNames(labels: readonly string[]): string[] {
  const taken = new Set<string>();
  return labels.map((text) => {
    const plain = text.replaceAll(/[^\p{L}\p{N}_]/gu, '_').slice(0, 200);
    let name = plain;
    for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${plain}_${i}`;
    taken.add(name.toLowerCase());
    return name;
  });
}
