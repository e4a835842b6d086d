import { time } from '../fields.ts';
import type { Alert, ClosedBy } from './alert.ts';
import type { Rule } from './rule.ts';
import type { Outcome, Transition, Watch, WatchState } from './watch.ts';

/** An incident that opens with this breach; `at` in epoch milliseconds. */
export const opened = (rule: Rule, deploymentId: string, found: Outcome, at: number, id: string): Alert => ({
  id,
  project_id: rule.project_id,
  rule_id: rule.id,
  deployment_id: deploymentId,
  metric: rule.metric,
  params: rule.params,
  operator: rule.operator,
  threshold: rule.threshold,
  value: found.value,
  n: found.n,
  window: found.window,
  severity: rule.severity,
  state: 'firing',
  firing_since: time(at),
  escalated_at: null,
  acknowledged_at: null,
  acknowledged_by: null,
  closed_at: null,
  closed_by: null,
  told: false,
  h: 0,
  rev: 0,
});

export const closed = (incident: Alert, by: ClosedBy, at: number): Alert => ({
  ...incident,
  state: 'resolved',
  closed_at: time(at),
  closed_by: by,
});

/** The incident with what was found last, where that was a verdict. */
export const measured = (incident: Alert, found: Outcome | null): Alert =>
  found?.verdict === 'breach' || found?.verdict === 'clear'
    ? { ...incident, value: found.value, n: found.n, window: found.window }
    : incident;

interface Passage {
  rule: Pick<Rule, 'threshold'>;
  from: WatchState;
  to: WatchState;
  reason: string;
  at: number;
}

/** How a passage is kept, with the figures that it was decided from: those found now, else the last ones. */
export function transition({ rule, from, to, reason, at }: Passage, watch: Watch): Transition {
  const found = watch.last ?? watch.incident;
  return {
    at: time(at),
    from,
    to,
    value: found?.value ?? null,
    threshold: watch.incident?.threshold ?? rule.threshold,
    n: found?.n ?? 0,
    window: found?.window ?? null,
    reason,
  };
}
