/** The sums of an ensemble's leaves, whichever operation it stands in. */
import type { Link, Trees } from '../../../ir.ts';
import { refuse } from '../../../refusals.ts';
import { preciseList } from '../branches.ts';
import { type Call, columnsOf, numeric } from '../call.ts';
import type { OnnxNode } from '../proto.ts';
import { type Branches, type Grown, grow, modes } from '../trees.ts';
import type { Ensemble, Value } from '../value.ts';
import { single } from './preparation.ts';

export const aggregates = ['SUM', 'AVERAGE', 'MIN', 'MAX'] as const;
export type Aggregate = (typeof aggregates)[number];

const combined = { SUM: undefined, AVERAGE: undefined, MIN: 'smallest', MAX: 'largest' } as const;

export type Plan = { branches: Branches; outputs: number; base: Float64Array; aggregate: Aggregate };

/** The scores of the trees, one per output, and what the trees are if nothing else comes before or after. */
export function summed(call: Call, plan: Plan): { scores: Value; ensemble: Ensemble | null } {
  const { node, graph } = call;
  const given = numeric(call);
  const value = given.type === 'double' ? given : single(call, given);
  const { aggregate, outputs } = plan;
  const averages = aggregate === 'AVERAGE';
  const none = new Float64Array(outputs);
  const base = plan.base.length > 0 ? plan.base : none;
  if (combined[aggregate]) checkEachLeaf(plan, node);
  const precision = value.type === 'double' ? 'double' : 'single';
  const columns = columnsOf(value, node);
  const grown = grow(plan.branches, columns, outputs, averages ? none : base, precision, node.at);
  const trees: Trees = combined[aggregate] ? { ...grown.trees, combine: combined[aggregate] } : grown.trees;
  const sums = graph.make('trees', precision, [1, outputs], {
    inputs: [withMembership(call, value, grown)],
    attributes: { trees },
    work: trees.root.length,
  });
  const divisor = averages ? Math.max(1, grown.count) : 1;
  const scores = averages ? meanOf(call, sums, divisor, base) : sums;
  // A base that is added after the division is no base of the trees.
  const whole = grown.membership.at.length === 0 && !(averages && base.some(Boolean));
  const { features } = value;
  const ensemble =
    features && whole ? { trees, columns: features, link: 'identity' as const, divisor } : null;
  return { scores: single(call, scores), ensemble };
}

function meanOf({ graph }: Call, sums: Value, count: number, base: Float64Array): Value {
  const { type, shape } = sums;
  const mean = graph.make('divide', type, shape, { inputs: [sums, graph.filled(type, shape, count)] });
  return graph.make('add', type, shape, { inputs: [mean, graph.constant(type, shape, base)] });
}

/** The row, and after it one column for each equality that the trees ask for. */
function withMembership(call: Call, value: Value, { membership }: Grown): Value {
  const width = value.shape[value.shape.length - 1] as number;
  const added = membership.at.length;
  if (added === 0) return value;
  const asked = call.graph.make('member', value.type, [1, added], {
    inputs: [value],
    attributes: {
      at: Int32Array.from(membership.at),
      start: Int32Array.from(membership.start),
      members: Float64Array.from(membership.members),
    },
  });
  const from = Int32Array.from({ length: width + added }, (_, i) => (i < width ? 0 : 1));
  const at = Int32Array.from(from, (which, i) => (which === 0 ? i : i - width));
  return call.graph.pick([value, asked], from, at, [1, width + added]);
}

/** The smallest of several leaves needs every tree to have one. */
function checkEachLeaf({ branches, outputs }: Plan, node: OnnxNode): void {
  for (let i = 0; i < branches.mode.length; i++) {
    const weights = (branches.weightStart[i + 1] as number) - (branches.weightStart[i] as number);
    if (branches.mode[i] === modes.leaf && weights !== outputs)
      throw refuse(
        'unsupported_model',
        'The ONNX model takes the smallest or largest leaf of trees that do not have all of them.',
        'Export it with a weight for each target on each leaf.',
        node.at,
      );
  }
}

export function plainIf(ensemble: Ensemble | null, link: Link | null): Ensemble | null {
  return ensemble && link ? { ...ensemble, link } : null;
}

export const baseOf = (node: OnnxNode) => preciseList(node, 'base_values').values;

/** Numbers in double precision come with rows in double precision. */
export function checkPrecision(call: Call, prefix: string): void {
  const lists = ['nodes_values', `${prefix}_weights`].map((name) => preciseList(call.node, name));
  if (lists.some(({ double }) => double) && numeric(call).type !== 'double') throw tooPrecise(call.node);
}

export const tooPrecise = (node: OnnxNode) =>
  refuse(
    'unsupported_model',
    'The trees of the ONNX model are more precise than the rows that they take.',
    'Export the model with double inputs, or with float trees.',
    node.at,
  );
