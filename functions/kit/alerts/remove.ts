import * as rules from '../../../adapters/alerts/rules.ts';
import * as watches from '../../../adapters/alerts/watches.ts';
import { again } from '../../../adapters/aws/again.ts';
import type { deleteAlertRule } from '../../../contracts/alerts.ts';
import { close } from '../../../domain/alerts/machine.ts';
import { stale } from '../../../domain/problem.ts';
import { newId } from '../clock.ts';
import type { Given } from '../http/endpoint.ts';
import { forget } from './webhooks.ts';

const together = 20;

/**
 * Remove a rule, close what is open and forget what was remembered, in one transaction, which holds only if all of it
 * still is what was read.
 */
export async function removeRule(given: Given<typeof deleteAlertRule>): Promise<{ ok: true }> {
  const { params, caller, ifMatch, answer, told } = given;
  const body = { ok: true as const };
  const gone = await again(async () => {
    const before = await rules.load(caller, params.rule_id);
    if (ifMatch !== undefined && ifMatch !== before.rev) throw stale();
    const found = await watches.ofRule(before.id);
    // What is open comes first: what is left behind of the rest is never read again.
    const some = found.toSorted((a, b) => Number(!a.incident) - Number(!b.incident)).slice(0, together);
    const following = some.flatMap((watch) =>
      watches.ending(watch, close(before, watch, 'rule_changed', Date.now()), newId),
    );
    const done = await rules.drop({ before, following }, told('alert_rule.removed', before.id), answer(body));
    return done ? before.channels.filter(({ type }) => type === 'webhook').map(({ id }) => id) : undefined;
  });
  await forget(gone);
  return body;
}
