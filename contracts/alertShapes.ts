import * as z from 'zod';
import { AlertState, ClosedBy, Window } from '../domain/alerts/alert.ts';
import { Metric, Operator, Params, Severity } from '../domain/alerts/rule.ts';
import { WatchState } from '../domain/alerts/watch.ts';
import { Id, Name, Time } from '../domain/fields.ts';

/** A channel as it is shown. */
export const Channel = z
  .discriminatedUnion('type', [
    z.object({ id: Id, type: z.literal('email'), config: z.object({ to: z.array(z.string()) }) }),
    z.object({ id: Id, type: z.literal('slack'), config: z.object({ webhook_url: z.string() }) }),
    z.object({
      id: Id,
      type: z.literal('webhook'),
      config: z.object({
        url: z.string(),
        secret: z.string().describe('Whole in the answer that made it, its last four characters later'),
      }),
    }),
  ])
  .meta({ id: 'AlertChannel' });

export const AlertRule = z
  .object({
    id: Id,
    rule_id: Id,
    project_id: Id,
    name: Name,
    deployment_id: Id.nullable(),
    metric: Metric,
    params: Params,
    operator: Operator,
    threshold: z.number(),
    severity: Severity,
    window_minutes: z.int().nullable(),
    min_samples: z.int().nullable(),
    for: z.object({ breaches: z.int(), of: z.int() }).nullable(),
    channels: z.array(Channel),
    cooldown_minutes: z.int(),
    escalation_minutes: z.int().nullable(),
    escalation_severity: Severity.nullable(),
    enabled: z.boolean(),
    silenced_until: Time.nullable(),
    state: WatchState,
    created_at: Time,
    updated_at: Time,
  })
  .meta({ id: 'AlertRule' });

export const Alert = z
  .object({
    id: Id,
    alert_id: Id,
    rule_id: Id,
    deployment_id: Id,
    metric: Metric,
    params: Params,
    operator: Operator,
    threshold: z.number(),
    value: z.number().nullable(),
    n: z.int(),
    window: Window,
    severity: Severity,
    state: AlertState,
    firing_since: Time,
    escalated_at: Time.nullable(),
    acknowledged_at: Time.nullable(),
    acknowledged_by: z.string().nullable(),
    closed_at: Time.nullable(),
    closed_by: ClosedBy.nullable(),
  })
  .meta({ id: 'Alert' });

export const AlertHistoryEntry = z
  .object({
    at: Time,
    from: WatchState,
    to: WatchState,
    value: z.number().nullable(),
    n: z.int(),
    reason: z.string(),
    actor: z.string().optional(),
    note: z.string().optional(),
  })
  .meta({ id: 'AlertHistoryEntry' });
