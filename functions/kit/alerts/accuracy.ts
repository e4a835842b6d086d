import * as baselines from '../../../adapters/alerts/baselines.ts';
import { hoursIn, sumsIn } from '../../../adapters/monitoring/labels.ts';
import {
  accuracy,
  type Baseline,
  firstBaseline,
  mostHours,
  registeredBaseline,
  windowBeside,
} from '../../../domain/alerts/metrics/accuracy.ts';
import type { Rule } from '../../../domain/alerts/rule.ts';
import type { Outcome } from '../../../domain/alerts/watch.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import type { Model } from '../../../domain/model.ts';
import { type Judge, judgeOf } from '../../../domain/quality/judge.ts';
import type { Evidence } from './evidence.ts';

/** How much worse a deployment's answers are than they were at first, as far as labels tell. */
export async function accuracyOf(rule: Rule, { deployment, now, model }: Evidence): Promise<Outcome> {
  const known = await model();
  const judge = judgeOf(known);
  const baseline = await frozen(known, await baselineOf(deployment, known, judge, now));
  const span = windowBeside(rule, baseline, deployment.id, now);
  return accuracy(rule, judge, baseline, await sumsIn(deployment.id, span.from, span.to), span);
}

/** What was said at registration; else what the first labels say, as they were kept or as they are now. */
export async function baselineOf(
  { id, created_at }: Deployment,
  model: Model,
  judge: Judge,
  now: number,
): Promise<Baseline | undefined> {
  const known = registeredBaseline(judge, model.metrics) ?? (await baselines.get(model.id));
  return known ?? firstBaseline(judge, id, await hoursIn(id, Date.parse(created_at), now, mostHours));
}

/** First labels are kept with the model when they are first judged by, and are then the same for ever. */
async function frozen(model: Model, found: Baseline | undefined): Promise<Baseline | undefined> {
  if (found?.source !== 'first_labels' || found.kept) return found;
  // Of two that are made at once the first one stays.
  return (await baselines.freeze(model.id, found)) ? found : baselines.get(model.id);
}
