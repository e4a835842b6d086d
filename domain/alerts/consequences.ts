import { close, remarked, type Step } from './machine.ts';
import type { Rule } from './rule.ts';
import { isRedefined } from './settings.ts';
import type { Watch } from './watch.ts';

/** Whoever changed a rule, and when, in epoch milliseconds. */
interface By {
  actor: string;
  at: number;
}

/** A watch with an open incident, and its next step. */
export interface Consequence {
  before: Watch;
  step: Step;
}

/** As many as one transaction takes, with room to spare. */
const together = 20;

/**
 * What a change of a rule does to its open incidents: one that asks for something else now closes, without a message;
 * another is told of in the history. Should there be more than fit, the next evaluation closes the rest.
 */
export const consequences = (before: Rule, after: Rule, all: readonly Watch[], by: By): Consequence[] =>
  all
    .filter(({ incident }) => incident !== null)
    .slice(0, together)
    .map((watch) => ({ before: watch, step: consequence(before, after, watch, by) }));

function consequence(before: Rule, after: Rule, watch: Watch, { actor, at }: By): Step {
  const { incident } = watch;
  if (!incident || isRedefined(before, after)) return close(after, watch, 'rule_changed', at);
  return remarked({ ...watch, incident }, { reason: changeOf(before, after, at), actor }, at);
}

function changeOf(before: Rule, after: Rule, at: number): string {
  if (before.silenced_until !== after.silenced_until)
    return after.silenced_until !== null && Date.parse(after.silenced_until) > at ? 'silenced' : 'unsilenced';
  if (before.enabled !== after.enabled) return after.enabled ? 'enabled' : 'disabled';
  return 'edited';
}
