import { caps } from '../../caps.ts';
import type { GraphNode, GraphOp } from '../../ir.ts';
import { malformed, tooLarge } from '../../refusals.ts';
import { sizeOf } from './tensor.ts';
import { type ElementType, type Scores, type Value, valueWith } from './value.ts';

export type Builder = ReturnType<typeof builder>;

type Made = { inputs: readonly Value[]; attributes?: GraphNode['attributes']; work?: number };

/** Grows a graph node by node, within the caps; `versions` are those of the operations by domain. */
export function checkAxes(shape: readonly number[]): void {
  if (shape.length > caps.graphAxes) throw tooLarge(`A tensor has more than ${caps.graphAxes} axes.`);
}

/** The column of the second class, taken out of the scores of two, still tells which is larger. */
function positiveOf(inputs: readonly Value[], at: Int32Array): Scores | null {
  const [only] = inputs;
  const told = inputs.length === 1 ? only?.scores : null;
  if (!told || at.length !== 1 || at[0] !== 1 || sizeOf(only?.shape ?? []) !== 2) return null;
  return { ...told, classes: null, apart: false, ensemble: null };
}

export function builder(versions: ReadonlyMap<string, number>) {
  const nodes: GraphNode[] = [];
  const total = { values: 0, work: 0 };
  /** The levels of each feature that is a text: what the model compares it with, in the order of finding. */
  const levels = new Map<number, Map<string, number>>();
  const notes = new Set<string>();
  /** Features for whose missing value the model has no rule. */
  const required = new Set<number>();

  function charge(size: number): void {
    total.values += size;
    if (total.values > caps.graphValues)
      throw tooLarge(`The graph holds more than ${caps.graphValues} values for one row.`);
  }

  function add(op: GraphOp, inputs: number[], type: ElementType, size: number, more: Omit<Made, 'inputs'>) {
    charge(size);
    total.work += more.work ?? size;
    if (nodes.length >= caps.graphNodes) throw tooLarge(`The graph has more than ${caps.graphNodes} nodes.`);
    if (total.work > caps.graphWork)
      throw tooLarge(`The graph takes more than ${caps.graphWork} multiplications for one row.`);
    nodes.push({ op, inputs, size, single: type === 'single', attributes: more.attributes ?? {} });
    return nodes.length - 1;
  }

  /** A constant is put into the graph where something computed meets it. */
  function placed(value: Value): number {
    if (value.node >= 0) return value.node;
    if (!value.constant) throw malformed('A label or a text stands where a number should.');
    const node = constantNode(value.constant, value.type);
    value.node = node;
    return node;
  }

  const constantNode = (values: Float64Array, type: ElementType) =>
    add('constant', [], type, values.length, { attributes: { values }, work: 0 });

  function make(op: GraphOp, type: ElementType, shape: readonly number[], made: Made): Value {
    checkAxes(shape);
    const inputs = made.inputs.map(placed);
    return valueWith(type, shape, add(op, inputs, type, sizeOf(shape), made));
  }

  function constant(type: ElementType, shape: readonly number[], values: Float64Array): Value {
    charge(values.length);
    return valueWith(type, shape, -1, { constant: values });
  }

  /** Value i is value `at[i]` of the tensor `from[i]`: every operation that only moves values. */
  function pick(inputs: readonly Value[], from: Int32Array, at: Int32Array, shape: readonly number[]): Value {
    checkAxes(shape);
    const type = inputs[0]?.type ?? 'single';
    if (inputs.some((input) => input.type !== type))
      throw malformed('Tensors of different types are put together.');
    const source = (i: number) => inputs[from[i] as number] as Value;
    if (inputs.every(({ constant }) => constant))
      return constant(
        type,
        shape,
        Float64Array.from(at, (place, i) => source(i).constant?.[place] ?? 0),
      );
    const features = inputs.every((input) => input.features)
      ? Int32Array.from(at, (place, i) => source(i).features?.[place] ?? 0)
      : null;
    const made = make('pick', type, shape, { inputs, attributes: { from, at } });
    return { ...made, features, scores: positiveOf(inputs, at) };
  }

  /** The code of a text among the levels of a feature, which it joins. */
  function levelOf(feature: number, text: string): number {
    const own = levels.get(feature) ?? new Map<string, number>();
    levels.set(feature, own);
    const code = own.get(text) ?? own.size;
    own.set(text, code);
    return code;
  }

  return {
    nodes,
    levels,
    notes,
    required,
    charge,
    versions,
    make,
    pick,
    constant,
    levelOf,
    /** One constant number as often as a tensor has values. */
    filled(type: ElementType, shape: readonly number[], value: number): Value {
      return constant(type, shape, new Float64Array(sizeOf(shape)).fill(value));
    },
  };
}
