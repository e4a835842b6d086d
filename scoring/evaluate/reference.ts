import { type Ir, outputsOf } from '../ir.ts';
import { describe, type Model, modelOf } from '../model.ts';
import { evaluator } from './evaluator.ts';

/** The plain evaluator as a model: what every kernel is held to, and what answers where there is none. */
export type Reference = Model & {
  ir: Ir;
  /** The margins added in double precision: what contributions add up to. */
  exactMargin(row: Float64Array): Float64Array;
  /** One contribution per feature and the bias last, output by output, in units of the raw margin. */
  explain(row: Float64Array): Float64Array;
  /** The same per column that the core sees: one per level where a category is one-hot encoded. */
  explainSlots(row: Float64Array): Float64Array;
  /** How far the contributions of a row, before any rescaling, are from its raw margins: relative, the largest. */
  unexplained(row: Float64Array): number;
};

export function reference(ir: Ir): Reference {
  const engine = evaluator(ir);
  const outputs = outputsOf(ir.output);
  const slots = ir.encoding?.length ?? ir.features.length;
  return {
    ...modelOf(describe(ir), engine),
    ir,
    exactMargin(row) {
      const exact = new Float64Array(outputs);
      engine.exactMargin(row, exact);
      return exact;
    },
    explain(row) {
      const out = new Float64Array(outputs * (ir.features.length + 1));
      engine.explain(row, out);
      return out;
    },
    explainSlots(row) {
      const out = new Float64Array(outputs * (slots + 1));
      engine.explainSlots(row, out);
      return out;
    },
    unexplained: engine.unexplained,
  };
}
