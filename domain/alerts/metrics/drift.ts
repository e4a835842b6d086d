import type { DriftPoint, StoredDrift } from '../../drift/stored.ts';
import type { Outcome } from '../watch.ts';
import { type Asked, breaches, outcomeOf } from './verdict.ts';

/** As much of a result of drift as rules look at; of `psi` and `above` the names are those of features. */
export interface DriftSeen {
  psi: ReadonlyMap<string, number>;
  /** Features whose PSI is more than chance. */
  above: ReadonlySet<string>;
  /** Monitored, so that they count for the largest. */
  monitored: ReadonlySet<string>;
  rows: number;
  window: { from: string; to: string };
}

const mostNamed = 10;

/** How a rule on drift finds a result. */
export function drift(rule: Asked, seen: DriftSeen): Outcome {
  const { feature } = rule.params;
  const names = feature === undefined ? [...seen.monitored] : [feature];
  const found = names.flatMap((name) => {
    const psi = seen.psi.get(name);
    return psi === undefined ? [] : [{ name, psi }];
  });
  // What chance alone may do is no drift: only what is more than that may be too much.
  const upward = rule.operator === 'gt' || rule.operator === 'gte';
  const counting = upward ? found.filter(({ name }) => seen.above.has(name)) : found;
  const value = largest(counting.length > 0 ? counting : found);
  const span = { from: Date.parse(seen.window.from), to: Date.parse(seen.window.to) };
  const outcome = outcomeOf(rule, { value, n: seen.rows }, span);
  if (outcome.verdict !== 'breach') return outcome;
  if (counting.length === 0) return { ...outcome, verdict: 'clear' };
  return upward || feature !== undefined ? { ...outcome, features: worst(rule, counting) } : outcome;
}

const largest = (found: readonly { psi: number }[]): number | null =>
  found.length === 0 ? null : Math.max(...found.map(({ psi }) => psi));

const worst = (rule: Asked, found: readonly { name: string; psi: number }[]): string[] =>
  found
    .filter(({ psi }) => breaches(rule, psi))
    .toSorted((a, b) => b.psi - a.psi)
    .slice(0, mostNamed)
    .map(({ name }) => name);

/** A stored result as rules see it. */
export function seenOf({ features, not_monitored, inference_rows, window }: StoredDrift): DriftSeen {
  const names = Object.keys(features);
  const left = new Set(not_monitored);
  return {
    psi: new Map(Object.entries(features).map(([name, { psi }]) => [name, psi])),
    above: new Set(names.filter((name) => features[name]?.above_noise)),
    monitored: new Set(names.filter((name) => !left.has(name))),
    rows: inference_rows,
    window,
  };
}

/** A result as little as is kept of it: of an older one everything may be more than chance. */
export function seenOfPoint(point: DriftPoint, window: DriftSeen['window']): DriftSeen {
  const names = Object.keys(point.psi);
  const left = new Set(point.not_monitored);
  return {
    psi: new Map(Object.entries(point.psi)),
    above: new Set(point.above_noise ?? names),
    monitored: new Set(names.filter((name) => !left.has(name))),
    rows: point.inference_rows,
    window,
  };
}
