import { sumsIn } from '../../../adapters/monitoring/labels.ts';
import type { Timed } from '../../../domain/aggregates/metrics.ts';
import { day, hour, startOf } from '../../../domain/aggregates/time.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { qualityOf } from '../../../domain/quality/judge.ts';
import { judgeFor } from './judge.ts';

/** Labels of older predictions are not kept. */
const kept = 400 * day;

/** How well the answers of some time were, by whole hours, as those of `parts` are: epoch milliseconds. */
export async function qualityIn(
  deployment: Deployment,
  { since, until }: { since: number; until: number },
  parts: readonly Timed[],
  now: number,
) {
  const from = startOf(hour, Math.max(since, now - kept));
  const [judge, sums] = await Promise.all([judgeFor(deployment), sumsIn(deployment.id, from, until)]);
  const answered = parts.reduce((sum, { rows, errors }) => sum + rows - errors, 0);
  const quality = qualityOf(judge, sums, answered);
  return { ...quality, coverage: quality.coverage ?? 0 };
}
