import { answerOf, type Prediction } from './evaluate/answers.ts';
import { explainLinear, sumLinear } from './evaluate/linear.ts';
import { type Sums, sumTrees } from './evaluate/trees.ts';
import { type Explain, treeShap } from './evaluate/treeshap.ts';
import { type Capability, type Feature, type Ir, type Output, outputsOf } from './ir.ts';
import { type Row, type RowIssue, rowReader } from './rows.ts';

/** A model ready to answer: functions over its own memory, for one row after the other. */
export type Model = {
  format: Ir['format'];
  algo: Ir['algo'];
  features: Feature[];
  output: Output;
  contributions: Capability;
  /** A record to a row, or everything that is wrong with it. */
  read(record: Row): Float64Array | RowIssue[];
  predict(row: Float64Array): Prediction;
  /** Raw margins, one per output, exactly as the library adds them. */
  margin(row: Float64Array): Float64Array;
  /** The same margins added in double precision: what contributions add up to. */
  exactMargin(row: Float64Array): Float64Array;
  /** One contribution per feature and the bias last, output by output, in units of the raw margin. */
  explain(row: Float64Array): Float64Array;
  ir: Ir;
};

export function load(ir: Ir): Model {
  const { core, features, output } = ir;
  const outputs = outputsOf(output);
  const add = core.type === 'trees' ? sumTrees(core) : sumLinear(core);
  const single = core.type === 'linear' || core.sum === 'f32';
  const sums: Sums = single ? new Float32Array(outputs) : new Float64Array(outputs);
  const answer = answerOf(output);
  const margins = new Float64Array(outputs);

  const margin = (row: Float64Array): Float64Array => {
    add(row, sums);
    return Float64Array.from(sums);
  };
  return {
    format: ir.format,
    algo: ir.algo,
    features,
    output,
    contributions: ir.contributions,
    read: rowReader(features, core.compare),
    predict(row) {
      add(row, sums);
      margins.set(sums);
      return answer(margins);
    },
    margin,
    exactMargin(row) {
      const exact = new Float64Array(outputs);
      add(row, exact);
      return exact;
    },
    explain: explainer(ir, outputs),
    ir,
  };
}

/** Built at the first explanation: most rows are only scored. */
function explainer({ core, features }: Ir, outputs: number): Model['explain'] {
  let explain: Explain | undefined;
  return (row) => {
    explain ??= core.type === 'trees' ? treeShap(core, features.length) : explainLinear(core);
    const out = new Float64Array(outputs * (features.length + 1));
    explain(row, out);
    return out;
  };
}
