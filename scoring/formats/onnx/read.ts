import { caps } from '../../caps.ts';
import { graphAdder } from '../../evaluate/graph.ts';
import type { Feature, Graph, GraphNode, Ir, Output, Trees } from '../../ir.ts';
import { malformed, refuse } from '../../refusals.ts';
import { checkFeatures } from '../features.ts';
import { type Builder, builder } from './builder.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { operations } from './operations/all.ts';
import { constantValue } from './operations/moves.ts';
import { type Answer, answerOf } from './outputs.ts';
import { type OnnxModel, onnxModel } from './proto.ts';
import { pruned } from './prune.ts';
import { checkSupport } from './support.ts';
import { tensorOf } from './tensor.ts';
import type { Ensemble, Value } from './value.ts';

/** An ONNX model of tables: trees where it is nothing else, a graph otherwise. */
export function readOnnx(bytes: Uint8Array): { ir: Ir; notes: string[] } {
  const model = onnxModel(bytes);
  checkSupport(model);
  const graph = builder(model.versions);
  const inputs = readInputs(model, graph);
  const answer = answerOf(evaluated(model, graph, inputs));
  const ensemble = answer.scores.scores?.ensemble;
  const plain = ensemble ? plainCore(ensemble, answer.output, inputs) : null;
  const core = plain?.core ?? graphOf(graph, answer, inputs);
  const output = plain?.output ?? answer.output;
  if (core.type === 'graph') requireNumbers(core, inputs.features, graph);
  const ir: Ir = {
    format: 'onnx',
    formatVersion: String(model.irVersion),
    algo: plain ? 'TreeEnsemble' : 'Graph',
    objective: output.link,
    features: checkFeatures(inputs.features.map((feature, i) => completed(feature, i, graph))),
    encoding: null,
    core,
    output,
    contributions: { available: false, kind: 'ONNX' },
  };
  return { ir, notes: [...answer.notes, ...graph.notes] };
}

/** The values of the graph's outputs, each operation taken once, in the order of the file. */
function evaluated(model: OnnxModel, graph: Builder, inputs: Inputs): Value[] {
  const values = new Map(inputs.values);
  const constantOf = (name: string): Value | undefined => {
    const tensor = model.constants.get(name);
    const value = tensor && constantValue(tensorOf(tensor, 'constant'), graph);
    if (value) values.set(name, value);
    return value;
  };
  for (const node of model.nodes) {
    const given = node.inputs.map((name) => {
      if (name === '') return null;
      const value = values.get(name) ?? constantOf(name);
      if (!value) throw malformed('An operation takes a tensor that nothing before it makes.', node.at);
      return value;
    });
    const lower = operations.get(node.domain)?.get(node.op);
    if (!lower) throw malformed('An operation is not known.', node.at);
    const made = lower({ node, inputs: given, graph });
    node.outputs.forEach((name, i) => {
      if (name === '') return;
      const value = made[i];
      if (!value || values.has(name))
        throw malformed('An operation makes a tensor that is not its own.', node.at);
      values.set(name, value);
    });
  }
  return model.outputs.map((name) => {
    const value = values.get(name);
    if (!value) throw malformed('The graph answers with a tensor that nothing makes.');
    return value;
  });
}

/** Trees over the features themselves, which kernels score; null where a row would have to be rounded in parts. */
function plainCore(
  ensemble: Ensemble,
  output: Output,
  { allSingle, features }: Inputs,
): { core: Trees; output: Output } | null {
  const { trees, columns, link, divisor } = ensemble;
  const double = trees.compare === 'f64';
  if (!double && !allSingle) return null;
  if (columns.some((feature) => features[feature]?.kind === 'category')) return null;
  const feature = trees.feature.map((column) => (column < 0 ? column : (columns[column] as number)));
  const core: Trees = { ...trees, feature, compare: allSingle ? 'f32' : 'f64' };
  return { core, output: { ...output, link, divisor } };
}

function graphOf(graph: Builder, { scores, margins }: Answer, { allSingle }: Inputs): Graph {
  const { nodes, result } = pruned(graph.nodes, scores.node);
  return { type: 'graph', compare: allSingle ? 'f32' : 'f64', nodes, result, margins };
}

/** Rows that are tried with one feature missing; with more features than that every one of them is required. */
const tries = 10_000_000;

/** A missing number that makes the answer none is refused: no rule of the model says what it is. */
function requireNumbers(core: Graph, features: readonly Feature[], graph: Builder): void {
  const add = graphAdder(core);
  const sums = new Float64Array(core.margins.length);
  const answers = (row: Float64Array): boolean => {
    add(row, sums);
    return !sums.some(Number.isNaN);
  };
  const numbers = features.flatMap(({ kind }, i) => (kind === 'number' ? [i] : []));
  const row = Float64Array.from(features, ({ kind }) => (kind === 'number' ? 0.5 : 0));
  if (!answers(row))
    throw refuse(
      'unsupported_model',
      'The ONNX model has no numbers to answer an ordinary row with.',
      'Check its weights, and export it again.',
    );
  const all = row.slice();
  for (const i of numbers) all[i] = Number.NaN;
  if (answers(all)) return;
  const size = core.nodes.reduce((sum, node) => sum + node.size + treeNodes(node), 0);
  const few = numbers.length * Math.max(size, caps.graphWork / 1_000) < tries;
  for (const i of numbers) {
    const one = row.slice();
    one[i] = Number.NaN;
    if (!few || !answers(one)) graph.required.add(i);
  }
}

function treeNodes({ attributes: { trees } }: GraphNode): number {
  return typeof trees === 'object' && 'root' in trees ? trees.feature.length : 0;
}

function completed(feature: Feature, place: number, { levels, required }: Builder): Feature {
  const own = feature.kind === 'category' ? [...(levels.get(place)?.keys() ?? [])] : undefined;
  return {
    ...feature,
    ...(own ? { levels: own } : {}),
    ...(required.has(place) ? { required: true as const } : {}),
  };
}
