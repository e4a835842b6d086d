import * as serving from '../../../adapters/models/serving.ts';
import * as results from '../../../adapters/monitoring/driftResults.ts';
import { addTo } from '../../../domain/aggregates/tally.ts';
import { isLater, isMoved } from '../../../domain/alerts/metrics/cadence.ts';
import { drift, seenOf } from '../../../domain/alerts/metrics/drift.ts';
import {
  predictionDrift,
  predictionPart,
  predictionWindow,
} from '../../../domain/alerts/metrics/prediction.ts';
import { service, serviceWindows } from '../../../domain/alerts/metrics/service.ts';
import { staleness } from '../../../domain/alerts/metrics/staleness.ts';
import { outcomeOf } from '../../../domain/alerts/metrics/verdict.ts';
import type { Rule } from '../../../domain/alerts/rule.ts';
import type { Outcome } from '../../../domain/alerts/watch.ts';
import type { StoredDrift } from '../../../domain/drift/stored.ts';
import { accuracyOf } from './accuracy.ts';
import type { Evidence } from './evidence.ts';
import { volumeOf } from './volume.ts';

/**
 * What a rule finds for a deployment now, from aggregates alone; `last` is what it found last. Undefined where that
 * would be the same evidence again: a result of drift and a label are judged once.
 */
export async function found(
  rule: Rule,
  evidence: Evidence,
  last: Outcome | null,
): Promise<Outcome | undefined> {
  const { metric, params } = rule;
  switch (metric) {
    case 'error_rate':
    case 'latency_p99':
      return service(
        { ...rule, metric },
        await evidence.traffic(serviceWindows(rule, evidence.now)),
        evidence.now,
      );
    case 'model_staleness':
      return staleness(rule, (await evidence.model()).trained_at, evidence.now);
    case 'drift_psi':
      return ofResult(rule, await results.get(evidence.deployment.id), last);
    case 'accuracy_degradation':
      return onlyIf(isMoved, last, await accuracyOf(rule, evidence));
    default:
      return params.of === 'volume'
        ? onlyIf(isLater, last, await volumeOf(rule, evidence))
        : predictionOf(rule, evidence);
  }
}

const onlyIf = (
  says: (last: Outcome | null, found: Outcome) => boolean,
  last: Outcome | null,
  outcome: Outcome,
): Outcome | undefined => (says(last, outcome) ? outcome : undefined);

/** What a rule on drift finds in a result; nothing where it has seen that one. */
export const ofResult = (
  rule: Rule,
  result: StoredDrift | undefined,
  last: Outcome | null,
): Outcome | undefined => result && onlyIf(isLater, last, drift(rule, seenOf(result)));

async function predictionOf(rule: Rule, { model, piecesIn, now }: Evidence): Promise<Outcome> {
  const span = predictionWindow(rule, now);
  const { profile: kept } = await model();
  const profile = kept && (await serving.profile(kept));
  const part = profile ? predictionPart(profile) : undefined;
  if (!profile || part === undefined)
    return { ...outcomeOf(rule, { value: null, n: 0 }, span), verdict: 'insufficient' };
  const counts: number[] = [];
  for (const { sums } of await piecesIn(span)) addTo(counts, sums.bins[part] ?? []);
  return predictionDrift(rule, profile, counts, span);
}
