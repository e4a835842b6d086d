import type { Profile, Raw } from '../../../../domain/drift/profile.ts';
import { profiler, type Sampled } from '../../../../domain/drift/profiler.ts';
import type { ModelSchema } from '../../../../domain/model.ts';
import { Problem } from '../../../../domain/problem.ts';
import type { Model } from '../../../../scoring/model.ts';
import type { RowIssue } from '../../../../scoring/rows/rows.ts';
import { described } from '../described.ts';
import { problemOf } from '../problems.ts';
import { unfit } from './records.ts';
import { readSample } from './rows.ts';
import type { Numbered } from './sample.ts';

/** What a sample comes to. Of a sample with more rows than are looked at, they are spread evenly over it. */
export type Baseline = { profile: Profile; refused: number };

const mostLooked = 100_000;
const leastLooked = 100;
/** Milliseconds that scoring may take: a request waits for it. */
const patience = 6_000;
const trials = 16;

/**
 * The baseline of a model from the uploaded sample, with the model's own answers; rows that the model refuses are
 * counted and left out. Or why the sample cannot be one. `now` is in milliseconds.
 */
export function baselineOf(
  bytes: Uint8Array,
  model: Model,
  {
    probe,
    schema,
    now = () => performance.now(),
  }: { probe: Raw; schema: ModelSchema | null; now?: () => number },
): Baseline | string {
  try {
    const { rows, take } = readSample(bytes, model.features);
    const looked = Math.min(mostLooked, Math.max(leastLooked, affordable(model, probe, now)));
    return profiled(take(Math.ceil(rows / looked)), model, schema);
  } catch (thrown) {
    if (thrown instanceof Problem) return String(thrown.detail);
    throw thrown;
  }
}

/** How many rows the model answers in the time there is. */
function affordable(model: Model, probe: Raw, now: () => number): number {
  const begun = now();
  for (let i = 0; i < trials; i++) answered(model, probe);
  return Math.floor((patience / Math.max(now() - begun, 0.01)) * trials);
}

function profiled(rows: Iterable<Numbered>, model: Model, schema: ModelSchema | null): Baseline {
  const { features, output } = model;
  const positive = output.kind === 'binomial' ? output.classes[1] : undefined;
  const { add, profile } = profiler(described(features, schema), {
    source: 'sample',
    problem: problemOf(output),
    positive,
  });
  const never = new Set(features.map(({ name }) => name));
  let taken = 0;
  let refused = 0;
  let first: { row: number; issue: RowIssue } | undefined;
  for (const { row, record } of rows) {
    for (const name of never) if (Object.hasOwn(record, name)) never.delete(name);
    const answer = answered(model, record);
    if ('problem' in answer) {
      refused++;
      first ??= { row, issue: answer };
    } else {
      taken++;
      add({ record, answer });
    }
  }
  if (never.size > 0) throw lacking(never);
  if (taken === 0) throw unusable(first);
  return { profile: profile(), refused };
}

/** An answer to a record, or the first thing that is wrong with it. */
function answered(model: Model, record: Raw): NonNullable<Sampled['answer']> | RowIssue {
  const row = model.read(record);
  if (Array.isArray(row)) return row[0] as RowIssue;
  const answer = model.predict(row);
  return typeof answer.prediction === 'string' || Number.isFinite(answer.prediction)
    ? answer
    : { feature: '', problem: 'not_finite' };
}

function lacking(names: ReadonlySet<string>): Problem {
  const [one = ''] = names;
  return unfit(
    `lacks ${names.size} column(s) that the model reads, among them '${one.slice(0, 128)}'; columns are found by their names`,
  );
}

const words: Record<RowIssue['problem'], string> = {
  not_a_number: 'text that is no number',
  not_finite: 'a number beyond those that it reads',
  wrong_type: 'a value of a wrong type',
  missing: 'no value, and must have one',
  unseen_level: 'a category that the model does not know',
};

function unusable(first: { row: number; issue: RowIssue } | undefined): Problem {
  const { row = 1, issue = { feature: '', problem: 'missing' as const } } = first ?? {};
  return unfit(
    `has no row that the model reads: column '${issue.feature.slice(0, 128)}' of row ${row} has ${words[issue.problem]}`,
  );
}
