import * as models from '../../../adapters/models/models.ts';
import * as serving from '../../../adapters/models/serving.ts';
import * as results from '../../../adapters/monitoring/driftResults.ts';
import { hoursIn } from '../../../adapters/monitoring/labels.ts';
import { day, hour, minute, startOf } from '../../../domain/aggregates/time.ts';
import type { Evaluation } from '../../../domain/alerts/backtest.ts';
import { accuracyWindow } from '../../../domain/alerts/metrics/accuracy.ts';
import { seenOfPoint } from '../../../domain/alerts/metrics/drift.ts';
import { trafficWithin } from '../../../domain/alerts/metrics/minutes.ts';
import { predictionWindow } from '../../../domain/alerts/metrics/prediction.ts';
import {
  accuracyReplay,
  driftReplay,
  predictionReplay,
  serviceReplay,
  stalenessReplay,
  volumeReplay,
} from '../../../domain/alerts/metrics/replays.ts';
import { serviceWindows } from '../../../domain/alerts/metrics/service.ts';
import type { Span } from '../../../domain/alerts/metrics/verdict.ts';
import type { Rule } from '../../../domain/alerts/rule.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { windowAt } from '../../../domain/drift/live.ts';
import { time } from '../../../domain/fields.ts';
import type { Model } from '../../../domain/model.ts';
import { judgeOf } from '../../../domain/quality/judge.ts';
import { countedIn } from '../aggregates/measure.ts';
import { baselineOf } from './accuracy.ts';
import { hoursOf, serverShares } from './past.ts';

/** Evaluations in their order, and in what they tell less than the evaluator saw. */
interface Replayed {
  evaluations: Iterable<Evaluation>;
  notes: string[];
}

/** What a rule would have found in a deployment, from the aggregates that are kept. */
export async function evaluationsOf(rule: Rule, deployment: Deployment, span: Span): Promise<Replayed> {
  switch (rule.metric) {
    case 'error_rate':
    case 'latency_p99':
      return ofService({ ...rule, metric: rule.metric }, deployment, span);
    case 'model_staleness': {
      const { trained_at } = await modelOf(deployment);
      return { evaluations: stalenessReplay(rule, trained_at, span), notes: [] };
    }
    case 'drift_psi':
      return ofDrift(rule, deployment, span);
    case 'accuracy_degradation':
      return ofAccuracy(rule, deployment, span);
    default:
      return rule.params.of === 'volume'
        ? ofVolume(rule, deployment, span)
        : ofPredictions(rule, deployment, span);
  }
}

async function modelOf({ project_id, model_id }: Deployment): Promise<Model> {
  const model = await models.get(project_id, model_id);
  if (!model) throw new Error('invariant_broken: a deployment without its model');
  return model;
}

async function ofService(
  rule: Rule & { metric: 'error_rate' | 'latency_p99' },
  { id }: Deployment,
  span: Span,
): Promise<Replayed> {
  const from = serviceWindows(rule, span.from).at(-1)?.from ?? span.from;
  const all = { from, to: span.to };
  const isServer = rule.params.only === 'server';
  const [parts, share] = await Promise.all([
    countedIn(id, { since: from, until: span.to, step: minute }, span.to),
    isServer ? serverShares(id, all) : () => 0,
  ]);
  return {
    evaluations: serviceReplay(rule, trafficWithin(parts, all, share), span),
    notes: isServer ? ['Answers of 500 and above are known by ten minutes'] : [],
  };
}

async function ofDrift(rule: Rule, deployment: Deployment, span: Span): Promise<Replayed> {
  const points = await results.history(deployment.id);
  const seen = points.map((point) => {
    const { from } = windowAt(deployment, Date.parse(point.computed_at));
    return seenOfPoint(point, { from: time(from), to: point.computed_at });
  });
  const notes = ['Of every hour only the last result is kept'];
  if (points.some(({ above_noise }) => !above_noise))
    notes.push('Some results do not tell what is chance: all of their features count');
  return { evaluations: driftReplay(rule, seen, span), notes };
}

async function ofAccuracy(rule: Rule, deployment: Deployment, span: Span): Promise<Replayed> {
  const model = await modelOf(deployment);
  const judge = judgeOf(model);
  const { from } = accuracyWindow(rule, span.from);
  const labels = await hoursIn(deployment.id, from, span.to);
  const baseline = await baselineOf(deployment, model, judge, span.to);
  const within = { ...span, deploymentId: deployment.id };
  return {
    evaluations: accuracyReplay(rule, judge, baseline, labels, within),
    notes: ['Labels count as they are known now, by the hour of their predictions'],
  };
}

async function ofVolume(rule: Rule, { id, created_at }: Deployment, span: Span): Promise<Replayed> {
  const hours = await hoursOf(id, { from: startOf(hour, span.from) - 29 * day, to: span.to });
  const requests = new Map([...hours].map(([start, sums]) => [start, sums.requests]));
  return { evaluations: volumeReplay(rule, requests, Date.parse(created_at), span), notes: [] };
}

async function ofPredictions(rule: Rule, deployment: Deployment, span: Span): Promise<Replayed> {
  const { profile: kept } = await modelOf(deployment);
  const [profile, hours] = await Promise.all([
    kept ? serving.profile(kept) : undefined,
    hoursOf(deployment.id, { from: predictionWindow(rule, span.from).from, to: span.to }),
  ]);
  return {
    evaluations: predictionReplay(rule, profile, hours, span),
    notes: ['Predictions are counted by the hour'],
  };
}
