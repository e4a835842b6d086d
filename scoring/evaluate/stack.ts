import { type Base, type Ir, outputsOf, type Stack } from '../ir.ts';
import type { Sums } from './trees.ts';
import { valuesOf } from './values.ts';

/** Gives the margins of one row of features. */
type Score = { margin(row: Float64Array, margins: Float64Array): void };

/**
 * A stack's margins are its metalearner's. `answers`, the metalearner's row, is written anew for each of them.
 */
export function stacked(stack: Stack, scorerOf: (ir: Ir) => Score) {
  const { bases, meta, transform } = stack;
  const parts = bases.map((base) => partOf(base, scorerOf));
  const answers = new Float64Array(bases.reduce((sum, { width }) => sum + width, 0));
  const final = scorerOf(meta);
  const margins = new Float64Array(outputsOf(meta.output));
  const add = (row: Float64Array, sums: Sums) => {
    answers.fill(0);
    let at = 0;
    for (const [i, part] of parts.entries()) {
      const { width } = bases[i] as Base;
      answers.set(part(row), at);
      at += width;
    }
    if (transform === 'logit')
      for (let i = 0; i < answers.length; i++) answers[i] = logit(answers[i] as number);
    final.margin(answers, margins);
    sums.set(margins);
  };
  return { add, answers };
}

const nothing = new Float64Array(0);

/** What one base model adds to the metalearner's row; zeros stay where there is no model. */
function partOf({ model, columns, answers }: Base, scorerOf: (ir: Ir) => Score) {
  if (model === null) return () => nothing;
  const scorer = scorerOf(model);
  const values = valuesOf(model.output);
  const margins = new Float64Array(outputsOf(model.output));
  const own = new Float64Array(columns.length);
  // Without an encoding a row is rounded where it is read, and this one was read for the stack.
  const rounded = model.encoding === null && model.core.compare === 'f32' ? Math.fround : (x: number) => x;
  return (row: Float64Array) => {
    for (let i = 0; i < own.length; i++) own[i] = rounded(row[columns[i] as number] as number);
    scorer.margin(own, margins);
    const all = values(margins);
    return answers === 'p1' ? all.subarray(1, 2) : all;
  };
}

/** H2O's log-odds of a probability. */
function logit(probability: number): number {
  const clipped = Math.min(Math.max(probability, 1e-9), 0.999999999);
  return Math.max(-19, Math.log(clipped / (1 - clipped)));
}
