import { type Core, type Ir, nodeKind, type Slot, type Stack, type Trees } from './ir.ts';

const kept = 16;
/** Where nothing in a model tells which values matter. */
const usual = [-10, -2, -1, -0.5, 0, 0.5, 1, 2, 10];

/** Up to sixteen values of each feature at which the model turns, in ascending order. */
export function marksOf({ features, encoding, core }: Ir): number[][] {
  const marks = features.map(() => new Set<number>());
  collect(core, (column, value) => {
    const slot = encoding?.[column];
    const feature = slot ? slot.feature : column;
    const own = marks[feature];
    const mark = slot ? before(slot, value) : value;
    if (own && own.size < kept && Number.isFinite(mark)) own.add(mark);
  });
  for (const slot of encoding ?? []) if (slot.kind === 'number') marks[slot.feature]?.add(slot.subtract);
  return marks.map((own) => (own.size > 0 ? [...own].sort((a, b) => a - b) : usual));
}

type Found = (column: number, value: number) => void;

/** The value of a feature that becomes this value of its slot; NaN where there is no one such value. */
function before(slot: Slot, value: number): number {
  if (slot.kind !== 'number') return Number.NaN;
  return ((value - slot.add) * slot.divide) / slot.multiply + slot.subtract;
}

function collect(core: Core, found: Found): void {
  if (core.type === 'trees') ofTrees(core, found);
  else if (core.type === 'stack') ofStack(core, found);
  else if (core.type === 'graph')
    for (const { attributes } of core.nodes)
      for (const value of Object.values(attributes)) if (isTrees(value)) ofTrees(value, found);
}

const isTrees = (value: unknown): value is Trees =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'trees';

function ofTrees(trees: Trees, found: Found): void {
  for (let node = 0; node < trees.feature.length; node++) {
    const kind = trees.kind[node];
    if (kind === nodeKind.number || kind === nodeKind.zeroIsMissing)
      found(trees.feature[node] as number, trees.threshold[node] as number);
  }
}

function ofStack({ bases }: Stack, found: Found): void {
  for (const { model, columns } of bases)
    if (model)
      marksOf(model).forEach((own, i) => {
        for (const mark of own) found(columns[i] as number, mark);
      });
}
