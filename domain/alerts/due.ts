import type { Alert } from './alert.ts';
import { type Rule, rank } from './rule.ts';
import type { Watch } from './watch.ts';

const minute = 60_000;

const isSilenced = (rule: Pick<Rule, 'silenced_until'>, at: number): boolean =>
  rule.silenced_until !== null && at < Date.parse(rule.silenced_until);

/**
 * What is to be said now of a watch that has just been brought up to date; `at` in epoch milliseconds. The cooldown
 * belongs to rule, deployment and severity and outlives the incident, so flapping does not defeat it.
 */
export function due(rule: Rule, watch: Watch, at: number): 'alert.firing' | 'alert.escalated' | undefined {
  const { incident } = watch;
  if (!incident || watch.state !== 'firing' || isMuted(rule, incident, at)) return undefined;
  if (escalates(rule, incident, at)) return 'alert.escalated';
  // A repeat says that it goes on, which nobody knows while there is no verdict.
  if (incident.told && watch.last?.verdict !== 'breach') return undefined;
  const sent = watch.cooling[incident.severity];
  return sent === undefined || at - sent >= rule.cooldown_minutes * minute ? 'alert.firing' : undefined;
}

const isMuted = (rule: Rule, incident: Alert, at: number) =>
  !rule.enabled || incident.acknowledged_at !== null || isSilenced(rule, at);

/** Once in an incident, whatever the cooldown. */
const escalates = (rule: Rule, incident: Alert, at: number): boolean =>
  rule.escalation_minutes !== null &&
  rule.escalation_severity !== null &&
  rank(rule.escalation_severity) > rank(incident.severity) &&
  incident.escalated_at === null &&
  at - Date.parse(incident.firing_since) >= rule.escalation_minutes * minute;
