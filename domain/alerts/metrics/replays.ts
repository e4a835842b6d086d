import { addTo, type Sums } from '../../aggregates/tally.ts';
import { hour, minute, startOf } from '../../aggregates/time.ts';
import type { Profile } from '../../drift/profile.ts';
import type { Judge } from '../../quality/judge.ts';
import { merge } from '../../quality/sums.ts';
import type { Evaluation } from '../backtest.ts';
import { accuracy, type Baseline, type HourOfLabels, windowBeside } from './accuracy.ts';
import { type DriftSeen, drift } from './drift.ts';
import { predictionDrift, predictionPart, predictionWindow } from './prediction.ts';
import { service, type TrafficIn } from './service.ts';
import { staleness } from './staleness.ts';
import { type Asked, outcomeOf, type Span } from './verdict.ts';
import { hoursBefore, hourToJudge, volume } from './volume.ts';

/** What each metric would have found at its turns within a span, oldest first, by the same functions as ever. */

function* turns({ from, to }: Span, every: number, after: number): Generator<number> {
  for (let at = startOf(every, from) + after; at <= to; at += every) if (at > from) yield at;
}

export function* serviceReplay(
  rule: Asked & { metric: 'error_rate' | 'latency_p99' },
  trafficIn: TrafficIn,
  span: Span,
): Generator<Evaluation> {
  for (const at of turns(span, minute, 0)) yield { at, outcome: service(rule, trafficIn, at) };
}

export function* stalenessReplay(rule: Asked, trainedAt: string, span: Span): Generator<Evaluation> {
  for (const at of turns(span, hour, 0)) yield { at, outcome: staleness(rule, trainedAt, at) };
}

export function* driftReplay(rule: Asked, results: readonly DriftSeen[], span: Span): Generator<Evaluation> {
  for (const seen of results) {
    const at = Date.parse(seen.window.to);
    if (at >= span.from && at <= span.to) yield { at, outcome: drift(rule, seen) };
  }
}

export function* volumeReplay(
  rule: Asked,
  requests: ReadonlyMap<number, number>,
  created: number,
  span: Span,
): Generator<Evaluation> {
  for (const at of turns(span, hour, 15 * minute)) {
    const of = hourToJudge(at);
    const before = hoursBefore(of, created).map((start) => requests.get(start) ?? 0);
    yield { at, outcome: volume(rule, of < created ? null : (requests.get(of) ?? 0), before, of) };
  }
}

export function* predictionReplay(
  rule: Asked,
  profile: Profile | undefined,
  hours: ReadonlyMap<number, Sums>,
  span: Span,
): Generator<Evaluation> {
  const part = profile && predictionPart(profile);
  for (const at of turns(span, hour, minute)) {
    const window = predictionWindow(rule, at);
    const end = startOf(hour, at);
    if (!profile || part === undefined) {
      const outcome = outcomeOf(rule, { value: null, n: 0 }, window);
      yield { at, outcome: { ...outcome, verdict: 'insufficient' } };
      continue;
    }
    const counts: number[] = [];
    for (let of = startOf(hour, window.from); of < end; of += hour)
      addTo(counts, hours.get(of)?.bins[part] ?? []);
    yield { at, outcome: predictionDrift(rule, profile, counts, window) };
  }
}

export function* accuracyReplay(
  rule: Asked,
  judge: Judge,
  baseline: Baseline | undefined,
  labels: readonly HourOfLabels[],
  { deploymentId, ...span }: Span & { deploymentId: string },
): Generator<Evaluation> {
  for (const at of turns(span, hour, minute)) {
    const window = windowBeside(rule, baseline, deploymentId, at);
    const within = labels.filter(({ hour: of }) => of >= window.from && of < window.to);
    const sums = merge(within.map((one) => one.sums));
    yield { at, outcome: accuracy(rule, judge, baseline, sums, window) };
  }
}
