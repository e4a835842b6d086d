import * as models from '../../../adapters/models/models.ts';
import * as results from '../../../adapters/monitoring/driftResults.ts';
import { tell } from '../../../adapters/outbox.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { answeredIn, liveOf, windowAt } from '../../../domain/drift/live.ts';
import { hasNew } from '../../../domain/drift/newNames.ts';
import { defaultFloor } from '../../../domain/drift/psi.ts';
import { type StoredDrift, storedOf, withoutBaseline } from '../../../domain/drift/stored.ts';
import { time } from '../../../domain/fields.ts';
import { judgeResult } from '../alerts/onResult.ts';
import { newId } from '../clock.ts';
import { fault } from '../metrics.ts';
import { countedIn } from './counted.ts';
import { baselineFrom } from './firstRows.ts';
import { seenNames } from './seenNames.ts';

/**
 * Compute the drift of a deployment, keep it, and only then tell of it and judge it by the rules of alerts. Doing so again, or twice at once, is harmless:
 * of several results the one that was computed last stays.
 */
export async function compute(
  deployment: Deployment,
  { now, partial, actor }: { now: number; partial: boolean; actor: string },
): Promise<StoredDrift> {
  const result = await resultOf(deployment, now, partial);
  const kept = await results.put(deployment.id, result);
  const told = { id: newId(), type: 'drift.computed', subject: deployment.id, actor, at: time(now) } as const;
  if (kept) {
    await results.remember(deployment.id, result);
    await tell(deployment.project_id, told);
    // A fault there is no fault of the result; the evaluator finds results that nobody has judged.
    await judgeResult(deployment, result).catch((error) => fault('evaluateAlerts', error));
  }
  return result;
}

async function resultOf(deployment: Deployment, now: number, partial: boolean): Promise<StoredDrift> {
  const model = await models.get(deployment.project_id, deployment.model_id);
  if (!model) throw new Error('invariant_broken: a deployment without its model');
  // Before anything is counted: a baseline made of the first rows counts those that came since.
  const baseline = await baselineFrom(deployment, model, now);
  const span = windowAt(deployment, now);
  const sums = await countedIn(deployment.id, span);
  const window = { from: time(span.from), to: time(span.to) };
  const told = { window, computed_at: time(now) };
  if (!baseline) return withoutBaseline(answeredIn(sums), { ...told, partial }, defaultFloor);
  const { profile, created_at, left_out } = baseline;
  const live = liveOf(sums, profile);
  return storedOf(profile, live, {
    ...{ ...told, created_at, left_out, partial: partial || baseline.partial },
    ignore: deployment.config.drift?.ignore,
    newCategories: hasNew(profile, live) ? await seenNames(deployment, profile, span) : undefined,
  });
}
