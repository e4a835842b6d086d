import * as z from 'zod';
import { Id, Time } from '../fields.ts';
import { Metric, Operator, Params, Severity } from './rule.ts';

export const AlertState = z.enum(['firing', 'recovering', 'resolved']);
export const ClosedBy = z.enum(['recovered', 'no_data', 'rule_changed', 'archived']);
export type ClosedBy = z.infer<typeof ClosedBy>;
export const Window = z.object({ from: Time, to: Time });
export type Window = z.infer<typeof Window>;

/** An incident as it is kept. Value, n and window are those of its last transition or message. */
export const Alert = z.object({
  id: Id,
  project_id: Id,
  rule_id: Id,
  deployment_id: Id,
  metric: Metric,
  params: Params,
  operator: Operator,
  threshold: z.number(),
  value: z.number().nullable(),
  n: z.int().min(0),
  window: Window,
  severity: Severity,
  state: AlertState,
  firing_since: Time,
  escalated_at: Time.nullable(),
  acknowledged_at: Time.nullable(),
  acknowledged_by: z.string().nullable(),
  closed_at: Time.nullable(),
  closed_by: ClosedBy.nullable(),
  /** Whether anybody was told of it: only then its end is told too. */
  told: z.boolean(),
  /** Number of transitions that are kept of it. */
  h: z.int().min(0),
  /** Grows with every write; the ETag. */
  rev: z.int().min(1),
});
export type Alert = z.infer<typeof Alert>;

/** An alert as clients and messages show it. */
export const shown = ({ project_id: _p, told: _t, h: _h, rev: _r, ...alert }: Alert) => ({
  ...alert,
  alert_id: alert.id,
});
export type ShownAlert = ReturnType<typeof shown>;
