import type { Wrong } from './channels.ts';
import { type Metric, type Params, type Rule, rank, Severity } from './rule.ts';

/** What a caller may set of a rule, but for its channels. */
export type Settings = Pick<
  Rule,
  | 'name'
  | 'deployment_id'
  | 'metric'
  | 'params'
  | 'operator'
  | 'threshold'
  | 'severity'
  | 'window_minutes'
  | 'min_samples'
  | 'for'
  | 'cooldown_minutes'
  | 'escalation_minutes'
  | 'escalation_severity'
  | 'enabled'
  | 'silenced_until'
>;

const belongs: Record<keyof Params, Metric> = {
  feature: 'drift_psi',
  only: 'error_rate',
  of: 'prediction_anomaly',
};
const params = ['feature', 'only', 'of'] as const;

/** What contradicts itself in a rule, at the fields that say it. */
export function contradictions(rule: Settings): Wrong[] {
  const wrong = params
    .filter((name) => rule.params[name] !== undefined && belongs[name] !== rule.metric)
    .map((name) => ({ path: ['params', name], why: `Only ${belongs[name]} has it` }));
  const escalation = escalationFault(rule);
  if (rule.for && rule.for.breaches > rule.for.of)
    return [...wrong, ...escalation, { path: ['for', 'breaches'], why: 'Must be at most `of`' }];
  return [...wrong, ...escalation];
}

function escalationFault({ severity, escalation_minutes, escalation_severity }: Settings): Wrong[] {
  const at = (field: string, why: string): Wrong[] => [{ path: [field], why }];
  if (escalation_minutes === null)
    return escalation_severity === null ? [] : at('escalation_severity', 'Needs escalation_minutes');
  if (severity === 'critical') return at('escalation_minutes', 'A critical rule has nothing to escalate to');
  if (escalation_severity !== null && rank(escalation_severity) <= rank(severity))
    return at('escalation_severity', `Must be above severity, which is ${severity}`);
  return [];
}

/** Minutes without a severity mean the next one up. */
export const completed = <S extends Settings>(rule: S): S =>
  rule.escalation_minutes !== null && rule.escalation_severity === null
    ? { ...rule, escalation_severity: Severity.options[rank(rule.severity) + 1] ?? null }
    : rule;

/** What says what is watched, and how. */
const definition = [
  'deployment_id',
  'metric',
  'params',
  'operator',
  'threshold',
  'window_minutes',
  'min_samples',
  'for',
] as const;

/** Whether what was found so far says nothing about the rule as it is now. */
export const isRedefined = (before: Settings, after: Settings): boolean =>
  definition.some((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));

/** A rule with what a caller changes of it. */
export function changed<S extends Settings>(before: S, patch: Partial<Settings>): S {
  const after = { ...before, ...patch };
  // What belonged to the old metric says nothing of the new one, nor a severity of an escalation that is gone.
  if (patch.metric !== undefined && patch.metric !== before.metric) after.params = patch.params ?? {};
  if (patch.escalation_minutes === null) after.escalation_severity = patch.escalation_severity ?? null;
  return after;
}
