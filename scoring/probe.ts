import type { Reference } from './evaluate/reference.ts';
import { explanationWork } from './evaluate/treeshap.ts';
import type { Explainer } from './explain.ts';
import { nextDown, nextDownSingle, nextUp, nextUpSingle } from './floats.ts';
import type { Capability, Feature, Ir } from './ir.ts';
import { marksOf } from './marks.ts';
import type { Model } from './model.ts';

/** A record in the model's own terms, and the answer it must get again wherever the model is loaded. */
export type Probe = { record: Record<string, number | string | null>; prediction: string | number };

/**
 * The middle of what the model looks at: for each feature the split point in the middle, or its first level.
 */
export function probe(ir: Ir, model: Model): Probe {
  const marks = marksOf(ir);
  const record = Object.fromEntries(
    ir.features.map((feature, i) => [feature.name, sample(feature, marks[i] as number[])]),
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
 * Synthetic rows at, just below and just above the split points, missing and unseen, through the evaluator and the
 * loaded images: why the model is not fit to serve, or null.
 */
export function selfCheck(reference: Reference, model: Model, explain: Explainer | null): string | null {
  const { ir } = reference;
  const marks = marksOf(ir);
  const random = generator();
  const cost = ir.core.type === 'trees' ? explanationWork(ir.core) : ir.features.length;
  const explained = explain ? Math.max(1, Math.min(rows, Math.floor(work / cost))) : 0;
  for (let i = 0; i < rows; i++) {
    const row = Float64Array.from(ir.features, (feature, column) =>
      synthetic(feature, marks[column] as number[], ir.encoding ? 'f64' : ir.core.compare, random),
    );
    const reason =
      checkRow(reference, model, row) ?? (i < explained ? checkSum(reference, explain, row) : null);
    if (reason !== null) return reason;
  }
  return null;
}

const noNumber = 'The model answers some rows with no finite number.';

function checkRow(reference: Reference, model: Model, row: Float64Array): string | null {
  const margin = model.margin(row);
  if (!margin.every(Number.isFinite)) return noNumber;
  if (!reference.margin(row).every((own, i) => Object.is(own, margin[i])))
    return 'The compiled model does not answer as the model does.';
  const { prediction, probabilities = {}, outputs = [] } = model.predict(row);
  const answers = [prediction, ...outputs, ...Object.values(probabilities)];
  return answers.every((answer) => typeof answer === 'string' || Number.isFinite(answer)) ? null : noNumber;
}

function checkSum(reference: Reference, explain: Explainer | null, row: Float64Array): string | null {
  if (!explain) return null;
  const sum = totalOf(explain(row), reference.contributions);
  const margin = reference.exactMargin(row)[0] as number;
  const off = Math.abs(sum - margin) / Math.max(1, Math.abs(margin));
  return off <= additive ? null : 'The contributions of the model do not add up to its raw score.';
}

/** H2O takes each of its random forest's contributions from an equal share of 1, but none from those that are 0. */
function totalOf(values: Float64Array, capability: Capability): number {
  const sum = values.reduce((total, part) => total + part, 0);
  const from = capability.available ? capability.rescale?.from : undefined;
  if (from === undefined || from === null) return sum;
  return sum + 1 - from * values.filter((value) => value !== 0).length;
}

function synthetic(feature: Feature, marks: number[], compare: 'f32' | 'f64', random: () => number): number {
  if (!feature.required && random() < 0.125) return Number.NaN;
  if (feature.levels) return Math.floor(random() * (feature.levels.length + (feature.other ? 1 : 0)));
  if (feature.kind === 'category') return Math.floor(random() * 9);
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
