import { time } from '../fields.ts';
import type { Alert, ClosedBy } from './alert.ts';
import type { Notice } from './delivery.ts';
import { due } from './due.ts';
import { closed, measured, opened, transition } from './incident.ts';
import type { Rule } from './rule.ts';
import { isOpen, noted, stateAfter } from './states.ts';
import { newWatch, type Outcome, type Transition, type Watch, type WatchState } from './watch.ts';

const hour = 3_600_000;

/** What follows from a step: what to keep, and at most one message. */
export interface Step {
  /** The very watch that was given, where there is nothing to keep. */
  watch: Watch;
  /** What to keep as history, in its order: of the incident where there is one, else of the watch. */
  transitions: Transition[];
  /** The incident as it is to be kept, where it has changed. */
  incident?: Alert;
  messages: Notice[];
}

/**
 * One evaluation of a rule for one deployment, or, without an outcome, the passing of time alone.
 * `at`: epoch milliseconds of the evaluator's minute. `id`: of the incident, should one open.
 */
export function step(rule: Rule, watch: Watch, outcome: Outcome | undefined, at: number, id: string): Step {
  if (watch.edition !== rule.edition) {
    if (watch.incident) return close(rule, watch, 'rule_changed', at);
    return step(rule, anew(rule, watch, at), outcome, at, id);
  }
  const counts = outcome && (watch.evaluated_at === null || at > watch.evaluated_at);
  const seen = counts ? noted(rule, watch, outcome, at) : watch;
  const state = stateAfter(rule, watch.state, seen, counts ? outcome : undefined, at);
  return isOpen(state) || watch.incident
    ? inIncident(rule, watch, { ...seen, state }, at, id)
    : quiet(rule, watch, { ...seen, state }, at);
}

/** A watch without its past, but for what was sent. */
const anew = (rule: Rule, { deployment_id, rev, cooling }: Watch, at: number): Watch => ({
  ...newWatch(rule, deployment_id, at),
  rev,
  cooling,
});

/** Outside an incident nothing is sent, and what only repeats itself is kept once an hour. */
function quiet(rule: Rule, before: Watch, after: Watch, at: number): Step {
  if (before.state !== after.state) {
    const watch = after.state === 'no_data' ? { ...after, recent: [] } : after;
    return { watch, transitions: [passage(rule, before, watch, reasonOf(watch), at)], messages: [] };
  }
  const isSame =
    before.rev > 0 &&
    after.data_at - before.data_at < hour &&
    after.verdict_at - before.verdict_at < hour &&
    after.recent.join() === before.recent.join();
  return { watch: isSame ? before : after, transitions: [], messages: [] };
}

const reasonOf = ({ state, last }: Watch) => (state === 'no_data' ? state : (last?.verdict ?? state));

const passage = (rule: Rule, before: Watch, after: Watch, reason: string, at: number) =>
  transition({ rule, from: before.state, to: after.state, reason, at }, after);

function inIncident(rule: Rule, before: Watch, after: Watch, at: number, id: string): Step {
  const incident = before.incident ?? (after.last && opened(rule, before.deployment_id, after.last, at, id));
  if (!incident) throw new Error('An incident opens with a breach');
  if (after.state === 'ok') return ended(rule, { ...after, incident }, before.state, 'recovered', at);
  if (after.state === 'no_data') return ended(rule, { ...after, incident }, before.state, 'no_data', at);
  const state = after.state === 'firing' ? 'firing' : 'recovering';
  const current = { ...after, incident: { ...measured(incident, after.last), state } } satisfies Watch;
  return goesOn(rule, before, current, at);
}

function goesOn(rule: Rule, before: Watch, after: Watch & { incident: Alert }, at: number): Step {
  const moved = before.state === after.state ? [] : [passage(rule, before, after, reasonOf(after), at)];
  const type = due(rule, after, at);
  if (!type && moved.length === 0) {
    const isNew = before.evaluated_at !== after.evaluated_at;
    return { watch: isNew ? after : before, transitions: [], messages: [] };
  }
  const worse = type === 'alert.escalated' ? rule.escalation_severity : null;
  const transitions = worse ? [...moved, passage(rule, after, after, 'escalated', at)] : moved;
  const incident = counted(
    {
      ...after.incident,
      ...(type && { told: true }),
      ...(worse && { severity: worse, escalated_at: time(at) }),
    },
    transitions,
  );
  const cooling = type ? { ...after.cooling, [incident.severity]: at } : after.cooling;
  const features = after.last?.verdict === 'breach' ? after.last.features : undefined;
  const messages = type ? [{ type, alert: incident, features }] : [];
  return { watch: { ...after, incident, cooling }, transitions, incident, messages };
}

/** The incident as it is written together with these transitions. */
const counted = (incident: Alert, transitions: readonly Transition[]): Alert => ({
  ...incident,
  h: incident.h + transitions.length,
  rev: incident.rev + 1,
});

/** Who was told of an incident is told of its end, once; not when somebody ended it on purpose. */
function ended(
  rule: Rule,
  after: Watch & { incident: Alert },
  from: WatchState,
  by: ClosedBy,
  at: number,
): Step {
  const state = by === 'no_data' ? 'no_data' : 'ok';
  const transitions = [transition({ rule, from, to: state, reason: by, at }, after)];
  const incident = counted(closed(measured(after.incident, after.last), by, at), transitions);
  const isSaid = incident.told && (by === 'recovered' || by === 'no_data');
  return {
    watch: { ...after, state, incident: null, recent: by === 'no_data' ? [] : after.recent },
    transitions,
    incident,
    messages: isSaid ? [{ type: 'alert.resolved', alert: incident }] : [],
  };
}

/** Whether a watch stands as one does that begins; cooldowns aside, which it keeps. */
export const isFresh = ({ state, recent }: Watch): boolean => state === 'ok' && recent.length === 0;

/** Begin anew because the rule was changed or its deployment archived; what was open closes without a message. */
export function close(rule: Rule, watch: Watch, by: 'rule_changed' | 'archived', at: number): Step {
  const fresh = anew(rule, watch, at);
  const { incident } = watch;
  if (!incident) {
    const isSame = watch.edition === rule.edition && isFresh(watch);
    return { watch: isSame ? watch : fresh, transitions: [], messages: [] };
  }
  return { ...ended(rule, { ...watch, incident }, watch.state, by, at), watch: fresh };
}

/** Something that somebody did to an open incident: history and no message. */
export function remarked(
  watch: Watch & { incident: Alert },
  did: { reason: string; actor: string; note?: string; to?: Partial<Alert> },
  at: number,
): Step & { incident: Alert } {
  const { reason, actor, note, to } = did;
  const { state, incident: open } = watch;
  const kept = transition({ rule: open, from: state, to: state, reason, at }, watch);
  const transitions = [{ ...kept, actor, ...(note !== undefined && { note }) }];
  const incident = counted({ ...open, ...to }, transitions);
  return { watch: { ...watch, incident }, transitions, incident, messages: [] };
}
