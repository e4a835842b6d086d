import { hour, minute, slot, startOf } from '../../aggregates/time.ts';
import type { Outcome } from '../watch.ts';
import type { Asked } from './verdict.ts';
import { hourToJudge } from './volume.ts';

interface Cadence {
  /** Its turn comes once in so many milliseconds, so long after their start. */
  every: number;
  after: number;
  /** What was found last is older than it can be: some turn was missed. */
  isLate(last: number, now: number): boolean;
}

const cadences: Record<'minutes' | 'labels' | 'predictions' | 'volume' | 'age' | 'results', Cadence> = {
  minutes: { every: minute, after: 0, isLate: () => false },
  // By whole lanes, once the last of them is folded.
  labels: { every: slot, after: minute, isLate: () => false },
  predictions: { every: slot, after: minute, isLate: (last, now) => now - last > 2 * hour },
  volume: { every: hour, after: 15 * minute, isLate: (last, now) => hourToJudge(now) - last > hour },
  age: { every: hour, after: 0, isLate: (last, now) => now - last > 2 * hour },
  // Whoever makes a result judges it: this finds those that were made and not judged.
  results: { every: hour, after: 20 * minute, isLate: () => false },
};

function cadenceOf({ metric, params }: Pick<Asked, 'metric' | 'params'>): Cadence {
  switch (metric) {
    case 'error_rate':
    case 'latency_p99':
      return cadences.minutes;
    case 'accuracy_degradation':
      return cadences.labels;
    case 'model_staleness':
      return cadences.age;
    case 'drift_psi':
      return cadences.results;
    default:
      return params.of === 'volume' ? cadences.volume : cadences.predictions;
  }
}

/**
 * Whether it is a rule's turn in the minute that begins `now`, epoch milliseconds; `last` is what was found last under
 * this edition of the rule. A rule that nothing was found for has its turn at once.
 */
export function isDue(rule: Pick<Asked, 'metric' | 'params'>, last: Outcome | null, now: number): boolean {
  if (last === null) return true;
  const { every, after, isLate } = cadenceOf(rule);
  return startOf(minute, now) === startOf(every, now) + after || isLate(Date.parse(last.window.to), now);
}

/** Whether labels say something else than they did; a window that moves on and holds the same says nothing new. */
export const isMoved = (last: Outcome | null, { n, value }: Outcome): boolean =>
  last === null || n !== last.n || value !== last.value;

/** Whether a result of drift is another one than that which was found last. */
export const isLater = (last: Outcome | null, { window }: Pick<Outcome, 'window'>): boolean =>
  last === null || Date.parse(window.to) > Date.parse(last.window.to);
