import type { Base, Ir, Stack, Trees } from '../ir.ts';
import { damaged, decodeImage, encodeImage, type Image, isRecompile, type Sections } from './container.ts';
import { coverOf } from './covers.ts';
import { decodeTrees, type Scored } from './decodeTrees.ts';
import type { Numbers } from './numbers.ts';
import { pack, unpack } from './plain.ts';
import { encodeTrees, type KernelHeader } from './trees.ts';

/** The header of a predict image. `kernel` is null where the evaluator scores the model from its IR. */
export type PredictHeader = {
  kernel: KernelHeader | null;
  /** The IR as packed; without what the memory of a kernel holds. */
  ir: unknown;
};

/** A model's IR but for the trees that lie in the memory of a kernel, and the parts of a stack as images. */
export type Rest = Omit<Ir, 'core'> & { core: Exclude<Ir['core'], Stack> | RestOfTrees | StackOfImages };
type RestOfTrees = Pick<Trees, 'type' | 'compare' | 'sum' | 'baseLast' | 'depth'>;

export type StackOfImages = Omit<Stack, 'bases' | 'meta'> & {
  bases: (Omit<Base, 'model'> & { model: Uint8Array | null })[];
  meta: Uint8Array;
};

/** All that predictions need of a model, and nothing that only contributions need. */
export function predictImage(ir: Ir): Uint8Array {
  const { core } = ir;
  const encoded = core.type === 'trees' ? encodeTrees(core) : null;
  if (core.type !== 'trees' || encoded === null) {
    const { json, sections } = pack(withoutKernel(ir), 'part');
    return encodeImage({ kernel: null, ir: json } satisfies PredictHeader, sections);
  }
  const { type, compare, sum, baseLast, depth } = core;
  const rest: Rest = { ...ir, core: { type, compare, sum, baseLast, depth } };
  const { json, sections } = pack(rest, 'part');
  const header: PredictHeader = { kernel: encoded.header, ir: json };
  const all = [...encoded.sections, ...sections];
  const bytes = encodeImage(header, all);
  const differing = differences(core, bytes, encoded.header);
  return differing.length === 0 ? bytes : encodeImage(header, [...all, ...differing]);
}

function withoutKernel(ir: Ir): Rest {
  const { core } = ir;
  switch (core.type) {
    case 'trees':
      return { ...ir, core: { ...core, cover: new Float64Array(core.cover.length) } };
    case 'stack': {
      const bases = core.bases.map((base) => ({ ...base, model: base.model && predictImage(base.model) }));
      return { ...ir, core: { ...core, bases, meta: predictImage(core.meta) } };
    }
    default:
      return { ...ir, core };
  }
}

const scored = [
  'base',
  'root',
  'outputOf',
  'kind',
  'feature',
  'threshold',
  'left',
  'missingRight',
  'table',
  'leaf',
  'tableStart',
  'tables',
] as const satisfies (keyof Scored)[];

const exactly = (name: string) => `exact ${name}`;

/** What no prediction looks at can differ once decoded, the direction of a category's missing: it is kept too. */
function differences(trees: Trees, bytes: Uint8Array, header: KernelHeader): Sections {
  const decoded = decodeTrees(decodeImage(bytes) as Image, header);
  return scored
    .filter((name) => !isSame(trees[name], decoded[name]))
    .map((name) => [exactly(name), trees[name]] as const);
}

const isSame = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
};

/**
 * The IR that an image was compiled from. Its covers are in the explain image: without it they are 0. Throws
 * where the bytes are no images of this version.
 */
export function decodeIr(predict: Uint8Array, explain: Uint8Array | null): Ir {
  const image = wholeImage(predict);
  const ir = irOf(image);
  const { core } = ir;
  if (explain === null || core.type !== 'trees') return ir;
  return { ...ir, core: { ...core, cover: coverOf(wholeImage(explain), core.cover.length) } };
}

function wholeImage(bytes: Uint8Array): Image {
  const image = decodeImage(bytes);
  if (isRecompile(image)) throw new Error('The image was made by another version');
  return image;
}

export function headerOf(image: Image): PredictHeader {
  if (!('ir' in image.header)) throw damaged('it is not the one for predictions');
  return image.header as PredictHeader;
}

/** The IR with covers of 0. */
export function irOf(image: Image): Ir {
  const { kernel } = headerOf(image);
  const rest = restOf(image);
  if (kernel !== null) return { ...rest, core: treesOf(image, kernel, rest.core as RestOfTrees) };
  if (rest.core.type !== 'stack') return rest as Ir;
  const { bases, meta } = rest.core;
  const whole = bases.map((base) => ({ ...base, model: base.model && decodeIr(base.model, null) }));
  return { ...rest, core: { ...rest.core, bases: whole, meta: decodeIr(meta, null) } };
}

function treesOf(image: Image, kernel: KernelHeader, rest: RestOfTrees): Trees {
  const decoded: Record<string, Numbers> = { ...decodeTrees(image, kernel) };
  for (const name of scored)
    if (image.has(exactly(name))) decoded[name] = image.section(exactly(name)).slice();
  return { ...rest, ...decoded, cover: new Float64Array(kernel.nodes), terms: null } as Trees;
}

/** What stands beside the trees: features, encoding, output. */
export const restOf = (image: Image): Rest => unpack(headerOf(image).ir, image) as Rest;
