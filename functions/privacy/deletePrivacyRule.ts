import { deletePrivacyRule } from '../../contracts/privacy.ts';
import { withoutRule } from '../../domain/privacy/policy.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { changePolicy, ruleIn } from '../kit/privacy/change.ts';

export const handler = endpoint(deletePrivacyRule, (given) => {
  const { rule_id } = given.params;
  return changePolicy(given, {
    type: 'privacy_rule.removed',
    subject: rule_id,
    next: (before, at) => withoutRule(before, ruleIn(before, rule_id).id, at),
    shown: () => ({ ok: true as const }),
  });
});
