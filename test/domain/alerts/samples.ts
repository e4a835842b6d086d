import { emptySums, type Sums } from '../../../domain/aggregates/tally.ts';
import type { Rule } from '../../../domain/alerts/rule.ts';
import { ruleOf as eager } from '../../support/alerts.ts';

export { deploymentId } from '../../support/alerts.ts';

/** A rule for which as many breaches are enough as its metric says. */
export const ruleOf = (more: Partial<Rule>): Rule => eager({ for: null, ...more });

/** Sums of requests of one row each, by status; latency buckets where they matter. */
export function sumsOf(byStatus: Record<number, number>, latency: Record<number, number> = {}): Sums {
  const sums = emptySums();
  for (const [status, rows] of Object.entries(byStatus)) {
    sums.status.set(Number(status), rows);
    sums.requests += rows;
    sums.rows += rows;
    if (Number(status) >= 400) sums.errors += rows;
  }
  for (const [bucket, requests] of Object.entries(latency)) sums.latency[Number(bucket)] = requests;
  return sums;
}
