import { explainImage } from './image/explain.ts';
import { predictImage } from './image/predict.ts';
import type { Ir } from './ir.ts';

export type Compiled = {
  /** All that predictions need. */
  predict: Uint8Array;
  /** What contributions need beside it; null where the model has none. */
  explain: Uint8Array | null;
};

/** A model's images: the same bytes for the same IR. */
export function compile(ir: Ir): Compiled {
  return { predict: predictImage(ir), explain: ir.contributions.available ? explainImage(ir) : null };
}
