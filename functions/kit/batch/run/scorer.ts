import { fault } from '../../../../iceberg/fault.ts';
import type { Prediction } from '../../../../scoring/evaluate/answers.ts';
import { outputsOf } from '../../../../scoring/ir.ts';
import type { Model } from '../../../../scoring/model.ts';
import type { Column } from '../../../../scoring/rows/columns.ts';
import type { RowIssue } from '../../../../scoring/rows/rows.ts';
import type { InputColumn } from './features.ts';
import { answersOf, type OutputColumn } from './outputs.ts';

/** A model as the engine calls it: vectors of DOUBLEs in, vectors of DOUBLEs out. */
export interface Scorer {
  columns: readonly OutputColumn[];
  inputs: number;
  outputs: number;
  score: (columns: readonly Float64Array[], rows: number, outputs: readonly Float64Array[]) => void;
}

const words: Record<RowIssue['problem'], string> = {
  not_a_number: 'a text that is no number',
  not_finite: 'no finite number',
  wrong_type: 'a value of a wrong type',
  missing: 'nothing, and the model has no rule for that',
  unseen_level: 'a category that the model does not know',
};

/** The answers of a model to vectors of rows: the same numbers as row by row. Throws a fault that names the feature at fault. */
export function scorerOf(model: Model, inputs: readonly InputColumn[]): Scorer {
  const { columns, fill } = answersOf(model.output);
  const width = outputsOf(model.output);
  let margins = new Float64Array();
  const together: Scorer['score'] = (given, rows, outputs) => {
    if (margins.length < rows * width) margins = new Float64Array(rows * width);
    const read = new Map(inputs.map((input, i) => [input.feature, columnOf(input, given[i], rows)]));
    const scored = model.score(read, rows, margins);
    if (Array.isArray(scored)) throw unscored(scored);
    for (let row = 0; row < rows; row++) fill?.(margins, row * width, outputs, row);
  };
  const single: Scorer['score'] = (given, rows, outputs) => {
    for (let row = 0; row < rows; row++) {
      const record = inputs.map(({ feature, dictionary }, i) => {
        const value = given[i]?.[row] ?? Number.NaN;
        return [feature, dictionary ? dictionary[value] : value];
      });
      const read = model.read(Object.fromEntries(record));
      if (Array.isArray(read)) throw unscored(read);
      numbersOf(model.predict(read), columns).forEach((value, i) => {
        const output = outputs[i];
        if (output) output[row] = value;
      });
    }
  };
  const score = fill ? together : single;
  return {
    columns,
    inputs: inputs.length,
    outputs: columns.length,
    score(given, rows, outputs) {
      score(given, rows, outputs);
      for (const output of outputs)
        if (!allFinite(output, rows)) throw fault('malformed', 'the model gives no finite number for a row');
    },
  };
}

function allFinite(values: Float64Array, rows: number): boolean {
  for (let row = 0; row < rows; row++) if (!Number.isFinite(values[row])) return false;
  return true;
}

function unscored(issues: readonly RowIssue[]) {
  const [first] = issues;
  const why = first ? `feature '${first.feature}' is ${words[first.problem]}` : 'the model refuses it';
  return fault('malformed', `a row cannot be scored: ${why}`);
}

/** Places in a dictionary are whole numbers; whatever is missing has none. */
function columnOf({ dictionary }: InputColumn, given: Float64Array | undefined, rows: number): Column {
  const column = given ?? new Float64Array(rows).fill(Number.NaN);
  if (!dictionary) return column;
  const codes = Int32Array.from(column, (code) => (Number.isNaN(code) ? -1 : code));
  return { codes, dictionary };
}

/** A prediction in the order of its columns; classifiers whose answer depends on the row have a label and probabilities. */
function numbersOf({ prediction, probabilities }: Prediction, columns: readonly OutputColumn[]): number[] {
  const labels = columns[0]?.labels ?? [];
  const shares = labels.map((name) => probabilities?.[name] ?? Number.NaN);
  return [labels.indexOf(String(prediction)), ...shares].slice(0, columns.length);
}
