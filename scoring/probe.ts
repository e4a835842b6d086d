import { explanationWork } from './evaluate/treeshap.ts';
import { nextDown, nextDownSingle, nextUp, nextUpSingle } from './floats.ts';
import { type Feature, nodeKind, type Trees } from './ir.ts';
import type { Model } from './load.ts';

/** A record in the model's own terms, and the answer it must get again wherever the model is loaded. */
export type Probe = { record: Record<string, number | string | null>; prediction: string | number };

/**
 * The middle of what the model looks at: for each feature the split point in the middle, or its first level.
 */
export function probe(model: Model): Probe {
  const marks = marksOf(model);
  const record = Object.fromEntries(
    model.features.map((feature, i) => [feature.name, sample(feature, marks[i] as number[])]),
  );
  const row = model.read(record);
  if (Array.isArray(row)) throw new RangeError('a model cannot read its own sample');
  return { record, prediction: model.predict(row).prediction };
}

function sample(feature: Feature, marks: number[]): number | string | null {
  if (feature.levels) return feature.levels.find((level) => level !== '') ?? null;
  return marks[marks.length >> 1] ?? 0;
}

const rows = 64;
const additive = 1e-9;
/** Steps that explanations may take in one check; a model too large for it explains fewer of the rows. */
const work = 200_000_000;

/**
 * Synthetic rows at, just below and just above the split points, missing and unseen: why the model is not fit
 * to serve, or null.
 */
export function selfCheck(model: Model): string | null {
  const marks = marksOf(model);
  const random = generator();
  const { core } = model.ir;
  const cost = core.type === 'trees' ? explanationWork(core) : model.features.length;
  const explained = model.contributions.available ? Math.max(1, Math.min(rows, Math.floor(work / cost))) : 0;
  for (let i = 0; i < rows; i++) {
    const row = Float64Array.from(model.features, (feature, column) =>
      synthetic(feature, marks[column] as number[], core.compare, random),
    );
    const reason = checkRow(model, row, i < explained);
    if (reason !== null) return reason;
  }
  return null;
}

function checkRow(model: Model, row: Float64Array, explained: boolean): string | null {
  if (!model.margin(row).every(Number.isFinite)) return 'The model answers some rows with no finite number.';
  const { prediction, probabilities = {}, outputs = [] } = model.predict(row);
  const answers = [prediction, ...outputs, ...Object.values(probabilities)];
  if (!answers.every((answer) => typeof answer === 'string' || Number.isFinite(answer)))
    return 'The model answers some rows with no finite number.';
  if (!explained) return null;
  const sum = model.explain(row).reduce((total, part) => total + part, 0);
  const margin = model.exactMargin(row)[0] as number;
  const off = Math.abs(sum - margin) / Math.max(1, Math.abs(margin));
  return off <= additive ? null : 'The contributions of the model do not add up to its raw score.';
}

function synthetic(feature: Feature, marks: number[], compare: 'f32' | 'f64', random: () => number): number {
  if (random() < 0.125) return Number.NaN;
  if (feature.kind === 'category') return Math.floor(random() * ((feature.levels?.length ?? 8) + 1));
  const mark = marks[Math.floor(random() * marks.length)] ?? 0;
  const [up, down] = compare === 'f32' ? [nextUpSingle, nextDownSingle] : [nextUp, nextDown];
  const moves = [(x: number) => x, up, down];
  const moved = (moves[Math.floor(random() * 3)] as (x: number) => number)(mark);
  return Number.isFinite(moved) ? moved : mark;
}

/** The same numbers at every run: a linear congruential generator. */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const marksKept = 16;

/** Up to sixteen finite split points of each feature, in ascending order. */
function marksOf({ features, ir }: Model): number[][] {
  const marks = features.map(() => new Set<number>());
  if (ir.core.type === 'trees') collect(ir.core, marks);
  return marks.map((own) => [...own].sort((a, b) => a - b));
}

function collect(trees: Trees, marks: Set<number>[]): void {
  for (let node = 0; node < trees.feature.length; node++) {
    const kind = trees.kind[node];
    if (kind !== nodeKind.number && kind !== nodeKind.zeroIsMissing) continue;
    const own = marks[trees.feature[node] as number] as Set<number>;
    const threshold = trees.threshold[node] as number;
    if (own.size < marksKept && Number.isFinite(threshold)) own.add(threshold);
  }
}
