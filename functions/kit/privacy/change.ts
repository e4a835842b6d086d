import { again } from '../../../adapters/aws/again.ts';
import type { Told } from '../../../adapters/outbox.ts';
import * as policies from '../../../adapters/privacy/policies.ts';
import type { Answer } from '../../../domain/answer.ts';
import type { Caller } from '../../../domain/apiKey.ts';
import type { Policy } from '../../../domain/privacy/policy.ts';
import { unfit } from '../../../domain/privacy/policy.ts';
import type { PolicyRule } from '../../../domain/privacy/types.ts';
import { notFound, Problem, stale } from '../../../domain/problem.ts';

interface Given<B> {
  params: { policy_id: string };
  caller: Caller;
  ifMatch?: number;
  answer(body: B): Answer<B>;
  told(type: Told['type'], subject: string): Told;
}

/** How a change of a policy is made: of what there is, however often that changes meanwhile. */
interface Change<B> {
  type: Told['type'];
  /** The rule, where it is about one. */
  subject?: string;
  next(before: Policy, at: string): Policy;
  shown(after: Policy): B;
}

export function changePolicy<B>({ params, caller, ifMatch, answer, told }: Given<B>, change: Change<B>) {
  return again(async () => {
    const before = await policies.load(caller, params.policy_id);
    if (ifMatch !== undefined && ifMatch !== before.rev) throw stale();
    const word = told(change.type, change.subject ?? before.id);
    const after = change.next(before, word.at);
    const reply = answer(change.shown(after));
    return (await policies.save(before, after, reply, word)) ? reply.body : undefined;
  });
}

export function ruleIn({ rules }: Policy, id: string): PolicyRule {
  const rule = rules.find((one) => one.id === id);
  if (!rule) throw notFound('Privacy rule');
  return rule;
}

/** A rule is judged as it will be, which its request may say but a part of. */
export function fitting(rule: PolicyRule): PolicyRule {
  const why = unfit(rule);
  if (why === undefined) return rule;
  const fault = { type: 'value_error', loc: ['body', 'config'], msg: `Value error, ${why}` };
  throw new Problem('invalid', [{ ...fault, ctx: { error: {} } }]);
}
