import { type Core, type Ir, outputsOf } from '../ir.ts';
import { perFeature } from './encoding.ts';
import { explainLinear } from './linear.ts';
import { rescaler } from './rescale.ts';
import { type Explain, treeShap } from './treeshap.ts';

export type Contributions = {
  /** One per column that the core sees, the bias last, output by output. */
  perColumn: Explain;
  /** The same, added up per feature. */
  perFeature: Explain;
  /** How far the contributions, before they are rescaled, are from these margins: the largest relative distance. */
  shortfall(columns: Float64Array, margins: Float64Array): number;
};

/** What each column of an encoded row contributes. Throws for a core that has no contributions. */
export function contributionsOf({ core, encoding, features, output, contributions }: Ir): Contributions {
  const width = (encoding?.length ?? features.length) + 1;
  const raw = explainer(core, width - 1);
  const rescale =
    contributions.available && contributions.rescale ? rescaler(contributions.rescale) : undefined;
  const perColumn: Explain = (columns, out) => {
    out.fill(0);
    raw(columns, out);
    rescale?.(out);
  };
  const all = new Float64Array(outputsOf(output) * width);
  const add = encoding ? perFeature(encoding, features.length) : undefined;
  return {
    perColumn,
    perFeature: add
      ? (columns, out) => {
          perColumn(columns, all);
          add(all, out);
        }
      : perColumn,
    shortfall(columns, margins) {
      all.fill(0);
      raw(columns, all);
      return margins.reduce((largest, margin, i) => {
        const sum = all.subarray(i * width, (i + 1) * width).reduce((total, part) => total + part, 0);
        return Math.max(largest, Math.abs(sum - margin) / Math.max(1, Math.abs(margin)));
      }, 0);
    },
  };
}

function explainer(core: Core, columns: number): Explain {
  if (core.type === 'trees' && core.combine === undefined) return treeShap(core, columns);
  if (core.type === 'linear') return explainLinear(core);
  throw new RangeError(`no contributions of ${core.type}`);
}
