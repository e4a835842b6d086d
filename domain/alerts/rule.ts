import * as z from 'zod';
import { Id, Name, Time } from '../fields.ts';

export const Metric = z.enum([
  'drift_psi',
  'accuracy_degradation',
  'error_rate',
  'latency_p99',
  'model_staleness',
  'prediction_anomaly',
]);
export type Metric = z.infer<typeof Metric>;

export const Operator = z.enum(['gt', 'lt', 'gte', 'lte', 'eq', 'neq']);
export type Operator = z.infer<typeof Operator>;

/** In order: each is worse than the one before. */
export const Severity = z.enum(['info', 'warning', 'critical']);
export type Severity = z.infer<typeof Severity>;
export const rank = (severity: Severity): number => Severity.options.indexOf(severity);

export const Params = z.object({
  /** Of drift_psi: this feature alone. */
  feature: z.string().optional(),
  /** Of error_rate: answers of 500 and above alone. */
  only: z.literal('server').optional(),
  /** Of prediction_anomaly: how many requests there are, and not what is predicted. */
  of: z.literal('volume').optional(),
});
export type Params = z.infer<typeof Params>;

/** A channel as it is kept; the secret of a webhook lies in Secrets Manager under `webhooks/<channel id>`. */
export const Channel = z.discriminatedUnion('type', [
  z.object({ id: Id, type: z.literal('email'), config: z.object({ to: z.array(z.string()).min(1) }) }),
  z.object({ id: Id, type: z.literal('slack'), config: z.object({ webhook_url: z.string() }) }),
  z.object({
    id: Id,
    type: z.literal('webhook'),
    config: z.object({ url: z.string(), secret_last4: z.string() }),
  }),
]);
export type Channel = z.infer<typeof Channel>;

export const Rule = z.object({
  id: Id,
  project_id: Id,
  name: Name,
  /** null: whichever deployment is in production. */
  deployment_id: Id.nullable(),
  metric: Metric,
  params: Params,
  operator: Operator,
  threshold: z.number(),
  severity: Severity,
  /** null: what the metric says, as for the next two. */
  window_minutes: z.int().min(1).nullable(),
  min_samples: z.int().min(1).nullable(),
  for: z.object({ breaches: z.int().min(1), of: z.int().min(1) }).nullable(),
  channels: z.array(Channel).min(1),
  cooldown_minutes: z.int().min(1),
  escalation_minutes: z.int().min(1).nullable(),
  escalation_severity: Severity.nullable(),
  enabled: z.boolean(),
  silenced_until: Time.nullable(),
  /** Grows with every write; the ETag. */
  rev: z.int().min(1),
  /** Grows with every change of what is watched: whatever was found under an earlier one says nothing any more. */
  edition: z.int().min(1),
  /** How many incidents ever opened: who changes the rule knows by it that he has seen them all. */
  opened: z.int().min(0),
  created_by: z.string(),
  created_at: Time,
  updated_at: Time,
});
export type Rule = z.infer<typeof Rule>;

/** How many of the last verdicts must be breaches, where the rule does not say it itself. */
const usualFor = (metric: Metric): { breaches: number; of: number } =>
  metric === 'error_rate' || metric === 'latency_p99' ? { breaches: 3, of: 5 } : { breaches: 1, of: 1 };

export const neededOf = (rule: Pick<Rule, 'metric' | 'for'>): { breaches: number; of: number } =>
  rule.for ?? usualFor(rule.metric);
