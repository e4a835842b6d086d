import * as rules from '../../../adapters/alerts/rules.ts';
import * as watches from '../../../adapters/alerts/watches.ts';
import { deliveriesOf, messageOf } from '../../../domain/alerts/delivery.ts';
import { close, type Step, step } from '../../../domain/alerts/machine.ts';
import type { Rule } from '../../../domain/alerts/rule.ts';
import { newWatch, type Outcome, type Watch } from '../../../domain/alerts/watch.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { newId } from '../clock.ts';

/** A rule and a deployment that it watches. */
export interface Watched {
  rule: Rule;
  deployment: Deployment;
}

/** What was found last, where it was found under the rule as it is now. */
export const lastOf = ({ edition }: Rule, watch: Watch): Outcome | null =>
  watch.edition === edition ? watch.last : null;

/**
 * One step of a watch, with whatever follows from it; `at` in epoch milliseconds. False: somebody else was there first,
 * and nothing has happened.
 */
export const advance = (
  watched: Watched,
  before: Watch,
  outcome: Outcome | undefined,
  at: number,
): Promise<boolean> => keep(watched, before, step(watched.rule, before, outcome, at, newId()), at);

/** End what is open, for the deployment is archived. */
export const archive = (watched: Watched, before: Watch, at: number): Promise<boolean> =>
  keep(watched, before, close(watched.rule, before, 'archived', at), at);

function keep({ rule, deployment }: Watched, before: Watch, next: Step, at: number): Promise<boolean> {
  const sent = next.messages.flatMap((notice) =>
    deliveriesOf(rule, messageOf(notice, rule, deployment, at), at, newId),
  );
  return watches.advance(rule, before, next, sent, newId);
}

const tries = 4;

/**
 * Bring evidence to a watch that does not come again: where somebody else was there first, it is looked at anew.
 * `find` says what there is to be found beside what was found last.
 */
export async function bring(
  { rule: known, deployment }: Watched,
  find: (rule: Rule, last: Outcome | null) => Promise<Outcome | undefined>,
): Promise<void> {
  let rule: Rule | undefined = known;
  for (let tried = 0; tried < tries && rule?.enabled; tried++) {
    const at = Date.now();
    const watched = { rule, deployment };
    const before = (await watches.get(rule.id, deployment.id)) ?? newWatch(rule, deployment.id, at);
    const outcome = await find(rule, lastOf(rule, before));
    if (!outcome || (await advance(watched, before, outcome, at))) return;
    rule = await rules.get(known.project_id, known.id);
  }
  if (rule?.enabled) throw new Error('a rule is written faster than its evidence can be kept');
}
