import { nodeKind, type Trees } from '../ir.ts';
import { bytes } from '../kernels/explain/layout.ts';
import type { Sections } from './container.ts';
import type { Paths } from './explainPaths.ts';
import { type Positions, type Shape, vectorsOf } from './explainShape.ts';
import { layoutOf } from './layout.ts';
import type { Slots } from './slots.ts';
import type { Tables } from './tables.ts';

/** Everything that the memory of the kernel is written from. */
export type Plan = {
  trees: Trees;
  paths: Paths;
  positions: Positions;
  slots: Slots;
  tables: Tables;
  /** Of a pair of an output and a column, its cell. */
  cells: Map<number, number>;
  columns: number;
  withTables: boolean;
};

/** In the order in which they lie in the memory. */
export type Part = 'trees' | 'decisions' | 'inner' | 'tips' | 'leaves';

/** What contributions.as reads; `rules` has the place of each rule by its points. */
export function writeTrees(
  plan: Plan,
  shapes: Shape[],
  sizes: Record<Part, number>,
  rules: Map<number, number>,
  addresses: Map<string, number>,
): Sections {
  const address = (name: string) => addresses.get(name) as number;
  const parts: Parts = {
    trees: writer(sizes.trees),
    decisions: writer(sizes.decisions),
    inner: writer(sizes.inner),
    tips: writer(sizes.tips),
    leaves: writer(sizes.leaves),
  };
  const tables = { none: address('none'), first: address('tables') };
  for (const shape of shapes) {
    parts.trees.i32(vectorsOf(shape), shape.inner.length, shape.tips.length, shape.leaves.length);
    for (const part of ofOneTree) parts.trees.i32(address(part) + parts[part].at());
    parts.trees.i32(address('rules') + (rules.get(shape.points) as number), plan.withTables ? 1 : 0);
    writeTree(plan, shape, tables, parts);
  }
  return Object.entries(parts).map(([name, part]) => [name, part.numbers] as const);
}

const ofOneTree = ['decisions', 'inner', 'tips', 'leaves'] as const;

type Parts = Record<Part, Writer>;

/** Where the tables are, and the one byte that sends no row right. */
type TableAddresses = { none: number; first: number };

function writeTree(plan: Plan, shape: Shape, tables: TableAddresses, to: Parts): void {
  const { inner, tips, leaves } = shape;
  const size = vectorsOf(shape) * bytes.vector;
  for (const node of inner) writeDecision(plan, node, tables, to.decisions);
  for (const node of tips) writeDecision(plan, node, tables, to.decisions);
  for (const node of inner) writeInner(plan, shape, node, size, to.inner);
  for (const node of tips) writeTip(plan, shape, node, size, to.tips);
  for (const node of leaves) {
    to.leaves.f64(plan.trees.leaf[node] as number);
    to.leaves.i32((plan.positions.place[node] as number) * size, 0);
  }
}

function writeDecision(plan: Plan, node: number, table: TableAddresses, to: Writer): void {
  const { trees, slots, tables, withTables } = plan;
  const isCategory = trees.kind[node] === nodeKind.category;
  to.f64(isCategory ? Number.NaN : (trees.threshold[node] as number));
  to.i32(slots.of(node) * layoutOf('f64', withTables).slot, maskOf(plan, node));
  if (!withTables) return;
  to.i32(isCategory ? table.first + (tables.place[trees.table[node] as number] as number) : table.none, 0);
}

/** Where the kernel keeps whether the row follows the splits on this feature above; the first mask says yes. */
function maskOf({ trees, paths, positions }: Plan, node: number): number {
  const ancestor = paths.ancestor[node] as number;
  if (ancestor < 0) return 0;
  const split = paths.parent[ancestor] as number;
  const side = ancestor - (trees.left[split] as number);
  return bytes.mask * (1 + (positions.split[split] as number)) + 8 * side;
}

function writeInner(plan: Plan, shape: Shape, node: number, size: number, to: Writer): void {
  const { trees, paths } = plan;
  const left = trees.left[node] as number;
  to.f64(paths.share[left] as number, paths.share[left + 1] as number, passedAbove(paths, node));
  to.i32((plan.positions.place[node] as number) * size, cellOf(plan, shape, node));
}

function writeTip(plan: Plan, shape: Shape, node: number, size: number, to: Writer): void {
  const { trees, paths } = plan;
  const left = trees.left[node] as number;
  const mean = paths.mean[node] as number;
  to.f64((trees.leaf[left] as number) - mean, (trees.leaf[left + 1] as number) - mean, mean);
  to.f64(passedAbove(paths, node));
  to.i32((plan.positions.place[node] as number) * size, cellOf(plan, shape, node));
}

function passedAbove({ ancestor, passed }: Paths, node: number): number {
  const above = ancestor[node] as number;
  return above < 0 ? 1 : (passed[above] as number);
}

const cellOf = ({ cells, columns, trees }: Plan, { output }: Shape, node: number): number =>
  (cells.get(output * (columns + 1) + (trees.feature[node] as number)) as number) * bytes.cell;

type Writer = ReturnType<typeof writer>;

/** Writes little-endian numbers one after the other. */
function writer(size: number) {
  const numbers = new Uint8Array(size);
  const view = new DataView(numbers.buffer);
  let at = 0;
  return {
    numbers,
    at: () => at,
    i32(...values: number[]) {
      for (const value of values) {
        view.setInt32(at, value, true);
        at += 4;
      }
    },
    f64(...values: number[]) {
      for (const value of values) {
        view.setFloat64(at, value, true);
        at += 8;
      }
    },
  };
}
