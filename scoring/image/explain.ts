import { type Ir, type Linear, outputsOf, type Rescale, type Slot } from '../ir.ts';
import type { ExplainKernel } from '../kernels/explain/layout.ts';
import { encodeImage, type Image, type Sections } from './container.ts';
import { coverSection } from './covers.ts';
import { explainTrees } from './explainTrees.ts';
import { pack, unpack } from './plain.ts';

/** The header of an explain image. `kernel` is null where the evaluator explains the model from its IR. */
export type ExplainHeader = { kernel: ExplainKernel | null; model: unknown };

/** What contributions need of a model beside its trees. */
export type Explained = {
  features: number;
  outputs: number;
  encoding: Slot[] | null;
  compare: 'f32' | 'f64';
  rescale: Rescale | null;
  linear: Linear | null;
};

/** All that contributions need, and the covers, which complete a predict image; null where there are none. */
export function explainImage(ir: Ir): Uint8Array | null {
  const { core, encoding, features } = ir;
  if (core.type === 'linear') return imageOf(explained(ir, core), null, []);
  if (core.type !== 'trees' || core.terms !== null || core.combine !== undefined) return null;
  const trees = explainTrees(core, encoding?.length ?? features.length);
  const cover = coverSection(core.cover);
  return imageOf(explained(ir, null), trees?.kernel ?? null, [...(trees?.sections ?? []), ...cover]);
}

function explained(ir: Ir, linear: Linear | null): Explained {
  const { contributions, encoding, features, output, core } = ir;
  const rescale = (contributions.available && contributions.rescale) || null;
  return {
    features: features.length,
    outputs: outputsOf(output),
    encoding,
    compare: core.type === 'trees' || core.type === 'linear' ? core.compare : 'f64',
    rescale,
    linear,
  };
}

function imageOf(model: Explained, kernel: ExplainKernel | null, own: Sections): Uint8Array {
  const { json, sections } = pack(model, 'part');
  return encodeImage({ kernel, model: json } satisfies ExplainHeader, [...own, ...sections]);
}

export function explainedOf(image: Image): Explained {
  return unpack((image.header as ExplainHeader).model, image) as Explained;
}
