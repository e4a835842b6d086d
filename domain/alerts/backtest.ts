import { time } from '../fields.ts';
import { step } from './machine.ts';
import type { Rule } from './rule.ts';
import { newWatch, type Outcome } from './watch.ts';

/** What a rule would have found at a time, epoch milliseconds. */
export interface Evaluation {
  at: number;
  outcome: Outcome;
}

/** An incident that there would have been; `to` is null while it would still be open. */
interface Imagined {
  from: string;
  to: string | null;
  /** What it would have opened with. */
  value: number | null;
  n: number;
}

const mostIncidents = 100;

/** What a rule would have done: evaluations in order through the state machine, with nobody there to be told. */
export function replay(rule: Rule, deploymentId: string, evaluations: Iterable<Evaluation>, from: number) {
  const watching: Rule = { ...rule, enabled: true, silenced_until: null };
  const incidents: Imagined[] = [];
  let watch = newWatch(watching, deploymentId, from);
  let count = 0;
  for (const { at, outcome } of evaluations) {
    const before = watch.incident;
    watch = step(watching, watch, outcome, at, rule.id).watch;
    const last = incidents.at(-1);
    if (!before && watch.incident)
      incidents.push({ from: time(at), to: null, value: outcome.value, n: outcome.n });
    else if (before && !watch.incident && last) last.to = time(at);
    count++;
  }
  return {
    would_have_fired: incidents.length,
    evaluations: count,
    incidents: incidents.toReversed().slice(0, mostIncidents),
  };
}
