import type { Profile } from '../../drift/profile.ts';
import { psi, total } from '../../drift/psi.ts';
import type { Outcome } from '../watch.ts';
import { type Asked, outcomeOf, type Span } from './verdict.ts';
import { windowOf } from './windows.ts';

/** A day of minutes. */
const usual = 1440;

export const predictionWindow = ({ window_minutes }: Asked, now: number): Span =>
  windowOf(window_minutes ?? usual, now);

/** Which of the parts that are counted holds the predictions; undefined where the baseline has none. */
export const predictionPart = ({ features, prediction }: Profile): number | undefined =>
  prediction ? features.length : undefined;

/** How far the predictions of a window are from those of the baseline: `counts` are its bins. */
export function predictionDrift(
  rule: Asked,
  { prediction }: Pick<Profile, 'prediction'>,
  counts: readonly number[],
  span: Span,
): Outcome {
  const expected = prediction?.counts ?? [];
  const live = expected.map((_, bin) => counts[bin] ?? 0);
  const n = total(live);
  return outcomeOf(rule, { value: n === 0 ? null : psi(expected, live), n }, span);
}
