import { nodeKind, type Trees } from '../ir.ts';
import { bytes, type ExplainKernel } from '../kernels/explain/layout.ts';
import { legendreRule } from '../kernels/explain/legendre.ts';
import { place, type Sections } from './container.ts';
import { type Part, type Plan, writeTrees } from './explainMemory.ts';
import { type Paths, pathsOf } from './explainPaths.ts';
import { positionsOf, type Shape, shapesOf, vectorsOf } from './explainShape.ts';
import { type Slots, slotsOf } from './slots.ts';
import { noTables, type Tables, tablesOf } from './tables.ts';

const mostTableBytes = 64 * 1024 * 1024;
/** What one tree may need while it is explained. */
const mostScratchBytes = 256 * 1024 * 1024;

/** The trees as the memory of the kernel; null where it cannot explain them. */
export function explainTrees(
  trees: Trees,
  columns: number,
): { kernel: ExplainKernel; sections: Sections } | null {
  const withTables = trees.kind.includes(nodeKind.category);
  const tables = withTables ? tablesOf(trees, mostTableBytes) : noTables;
  const paths = pathsOf(trees);
  const shapes = shapesOf(trees, paths);
  if (tables === null || shapes === null) return null;
  const places = most(shapes, (shape) => (1 + 2 * shape.inner.length) * vectorsOf(shape) * bytes.vector);
  if (places > mostScratchBytes) return null;
  const slots = slotsOf(trees);
  const cells = cellsOf(trees, shapes, columns);
  const positions = positionsOf(trees, shapes);
  const plan: Plan = { trees, paths, positions, slots, tables, cells, columns, withTables };
  return {
    kernel: {
      tables: withTables,
      splits: most(shapes, ({ inner, tips }) => inner.length + tips.length),
      places,
      inverses: most(shapes, (shape) => shape.inner.length * vectorsOf(shape) * bytes.vector),
      slots: slots.list.length / 2 + 1,
      cells: cells.size,
    },
    sections: [
      ...memoryOf(plan, shapes),
      ['slots', slots.list],
      ['codes', codesOf(slots, tables)],
      ['cells', Int32Array.from(cells.keys())],
      ['bias', biasOf(trees, paths)],
    ],
  };
}

const most = (shapes: Shape[], size: (shape: Shape) => number): number =>
  shapes.reduce((largest, shape) => Math.max(largest, size(shape)), 0);

/** What the kernel reads: it begins at the body's address, so it comes first in the image. */
function memoryOf(plan: Plan, shapes: Shape[]): Sections {
  const { bytes: tables } = plan.tables;
  const rules = rulesOf(shapes);
  const sizes = sizesOf(shapes, plan.withTables);
  const addresses = place([
    ['none', 1],
    ['rules', rules.numbers.byteLength],
    ['tables', tables.length],
    ...(Object.entries(sizes) as [Part, number][]),
  ]);
  const written = writeTrees(plan, shapes, sizes, rules.start, addresses);
  return [['none', new Uint8Array(1)], ['rules', rules.numbers], ['tables', tables], ...written];
}

/** Only columns that a split of the output looks at have a cell: all others contribute nothing. */
function cellsOf({ feature }: Trees, shapes: Shape[], columns: number): Map<number, number> {
  const cells = new Map<number, number>();
  for (const { output, inner, tips } of shapes)
    for (const splits of [inner, tips])
      for (const node of splits) {
        const target = output * (columns + 1) + (feature[node] as number);
        if (!cells.has(target)) cells.set(target, cells.size);
      }
  return cells;
}

/** What the trees answer when nothing of a row is known. */
function biasOf({ root, outputOf, base }: Trees, { mean }: Paths): Float64Array {
  const bias = base.slice();
  root.forEach((node, tree) => {
    const output = outputOf[tree] as number;
    bias[output] = (bias[output] as number) + (mean[node] as number);
  });
  return bias;
}

/** One rule for each number of points; the place beside an odd last point has no weight. */
function rulesOf(shapes: Shape[]): { numbers: Float64Array; start: Map<number, number> } {
  const numbers: number[] = [];
  const start = new Map<number, number>();
  for (const points of new Set(shapes.map((shape) => shape.points))) {
    const rule = legendreRule(points);
    const padding = points % 2 === 1 ? [0.5] : [];
    start.set(points, numbers.length * 8);
    numbers.push(...rule.points, ...padding);
    numbers.push(...rule.points.map((t) => 1 - t), ...padding);
    numbers.push(...rule.weights, ...padding.map(() => 0));
  }
  return { numbers: Float64Array.from(numbers), start };
}

function sizesOf(shapes: Shape[], withTables: boolean): Record<Part, number> {
  const sum = (count: (shape: Shape) => number) => shapes.reduce((all, shape) => all + count(shape), 0);
  const inner = sum((shape) => shape.inner.length);
  const tips = sum((shape) => shape.tips.length);
  return {
    trees: shapes.length * bytes.tree,
    decisions: (inner + tips) * (withTables ? bytes.decisionWithTable : bytes.decision),
    inner: inner * bytes.inner,
    tips: tips * bytes.tip,
    leaves: sum((shape) => shape.leaves.length) * bytes.leaf,
  };
}

function codesOf(slots: Slots, { codes }: Tables): Int32Array {
  const count = slots.list.length / 2;
  return Int32Array.from({ length: count }, (_, slot) => codes.get(slots.list[slot * 2] as number) ?? 0);
}
