import { neededOf, type Rule } from './rule.ts';
import type { Outcome, Watch, WatchState } from './watch.ts';

const day = 86_400_000;

/** An incident belongs to these. */
export const isOpen = (state: WatchState): boolean => state === 'firing' || state === 'recovering';

/** The watch with what was found; `recent` begins with a breach: what lies before one changes no count. */
export function noted(rule: Rule, watch: Watch, outcome: Outcome, at: number): Watch {
  const seen = { ...watch, last: outcome, evaluated_at: at };
  const { verdict } = outcome;
  if (verdict === 'no_data') return seen;
  if (verdict === 'insufficient') return { ...seen, data_at: at };
  const latest = [...watch.recent, verdict].slice(-neededOf(rule).of);
  const first = latest.indexOf('breach');
  return { ...seen, data_at: at, verdict_at: at, recent: first === -1 ? [] : latest.slice(first) };
}

/** MONITORING: the table of states. After a day an incident without a verdict, and a watch without data, end. */
export function stateAfter(
  rule: Rule,
  from: WatchState,
  { recent, verdict_at, data_at }: Watch,
  outcome: Outcome | undefined,
  at: number,
): WatchState {
  if (at - (isOpen(from) ? verdict_at : data_at) >= day) return 'no_data';
  switch (outcome?.verdict) {
    case 'breach':
      return isOpen(from) || isEnough(rule, recent) ? 'firing' : 'pending';
    case 'clear':
      return afterClear(from, recent);
    case 'insufficient':
      return isOpen(from) ? from : 'insufficient';
    default:
      return from;
  }
}

const isEnough = (rule: Rule, recent: Watch['recent']) =>
  recent.filter((verdict) => verdict === 'breach').length >= neededOf(rule).breaches;

function afterClear(from: WatchState, recent: Watch['recent']): WatchState {
  if (from === 'firing') return 'recovering';
  return from === 'pending' && recent.length > 0 ? 'pending' : 'ok';
}
