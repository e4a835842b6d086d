import { type Core, type Ir, outputsOf } from '../ir.ts';
import type { Engine } from '../model.ts';
import { contributionsOf } from './contributions.ts';
import { encoder } from './encoding.ts';
import { graphAdder } from './graph.ts';
import { sumPaths } from './isolation.ts';
import { sumLinear } from './linear.ts';
import { runNetwork } from './network.ts';
import { exactProbability } from './rescale.ts';
import { stacked } from './stack.ts';
import { type Sums, sumTrees } from './trees.ts';
import type { Explain } from './treeshap.ts';

export type Evaluator = Engine & {
  /** The margins added in double precision, and rescaled like contributions: what these add up to. */
  exactMargin(row: Float64Array, margins: Float64Array): void;
  /** One contribution per feature and the bias last, output by output. */
  explain: Explain;
  /** The same per column that the core sees. */
  explainSlots: Explain;
  /** How far the contributions of a row, before they are rescaled, are from its margins: the largest distance. */
  unexplained(row: Float64Array): number;
};

/** Scores and explains by plain loops over the IR. */
export function evaluator(ir: Ir): Evaluator {
  const { core, encoding, output } = ir;
  const encode = encoding ? encoder(encoding, core.compare) : (row: Float64Array) => row;
  const { add, seen } = scorer(core);
  const outputs = outputsOf(output);
  const sums: Sums = isSingle(core) ? new Float32Array(outputs) : new Float64Array(outputs);
  const rescale = ir.contributions.available ? ir.contributions.rescale : undefined;
  // Built at the first explanation: most rows are only scored.
  let built: ReturnType<typeof contributionsOf> | undefined;
  const contributions = () => {
    built ??= contributionsOf(ir);
    return built;
  };
  return {
    margin(row, margins) {
      add(encode(row), sums);
      margins.set(sums);
    },
    exactMargin(row, margins) {
      add(encode(row), margins);
      if (rescale) exactProbability(rescale, margins);
    },
    explain: (row, out) => contributions().perFeature(encode(row), out),
    explainSlots: (row, out) => contributions().perColumn(encode(row), out),
    unexplained(row) {
      const columns = encode(row);
      const margins = new Float64Array(outputs);
      add(columns, margins);
      return contributions().shortfall(columns, margins);
    },
    ...(seen ? { seen } : {}),
  };
}

const isSingle = (core: Core) => (core.type === 'trees' ? core.sum === 'f32' : core.compare === 'f32');

type Scorer = { add: (row: Float64Array, sums: Sums) => void; seen?: Float64Array };

function scorer(core: Core): Scorer {
  switch (core.type) {
    case 'trees':
      return { add: sumTrees(core) };
    case 'linear':
      return { add: sumLinear(core) };
    case 'network':
      return { add: runNetwork(core) };
    case 'isolation':
      return { add: sumPaths(core) };
    case 'graph':
      return { add: graphAdder(core) };
    case 'stack': {
      const { add, answers } = stacked(core, evaluator);
      return { add, seen: answers };
    }
  }
}
