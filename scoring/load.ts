import { evaluator } from './evaluate/evaluator.ts';
import { stacked } from './evaluate/stack.ts';
import { decodeImage, type Image, isRecompile, type Recompile } from './image/container.ts';
import { headerOf, irOf, type Rest, restOf, type StackOfImages } from './image/predict.ts';
import type { Ir } from './ir.ts';
import { kernelEngine } from './kernels/engine.ts';
import { openKernel } from './kernels/open.ts';
import { describe, type Engine, type Model, modelOf } from './model.ts';

/**
 * A predict image to a model that answers. An image of another version asks to be compiled again from the
 * original artifact; bytes that are no whole image are an Error.
 */
export function load(predict: Uint8Array): Model | Recompile {
  const image = decodeImage(predict);
  if (isRecompile(image)) return image;
  const { rest, engine } = partOf(image);
  return modelOf(describe(rest), engine);
}

/** What is told of a model, and what scores it. */
type Part = { rest: Ir; engine: Engine };

/** The trees in a kernel's memory are not decoded: nobody asks a description for its core. */
function partOf(image: Image): Part {
  const rest = restOf(image);
  return { rest: rest as Ir, engine: engineOf(image, rest) };
}

/** A kernel where there is one, else the evaluator over the IR, with the same answers. */
function engineOf(image: Image, rest: Rest): Engine {
  if (rest.core.type === 'stack' && rest.encoding === null) return stackOf(rest.core);
  const { kernel } = headerOf(image);
  const opened = kernel && openKernel(image, kernel, rest);
  return opened ? kernelEngine(opened) : evaluator(irOf(image));
}

/** Each part of a stack has its own engine. */
function stackOf({ bases, meta, ...stack }: StackOfImages): Engine {
  const engines = new Map<Ir, Engine>();
  const part = (bytes: Uint8Array): Ir => {
    const image = decodeImage(bytes);
    if (isRecompile(image)) throw new Error('A part of the image was made by another version');
    const { rest, engine } = partOf(image);
    engines.set(rest, engine);
    return rest;
  };
  const parts = bases.map((base) => ({ ...base, model: base.model && part(base.model) }));
  const core = { ...stack, bases: parts, meta: part(meta) };
  const { add, answers } = stacked(core, (ir) => engines.get(ir) as Engine);
  return { margin: add, seen: answers };
}
