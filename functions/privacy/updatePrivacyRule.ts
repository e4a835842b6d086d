import { updatePrivacyRule } from '../../contracts/privacy.ts';
import { changedRule, shownRule, withRule } from '../../domain/privacy/policy.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { changePolicy, fitting, ruleIn } from '../kit/privacy/change.ts';

export const handler = endpoint(updatePrivacyRule, (given) => {
  const { rule_id } = given.params;
  return changePolicy(given, {
    type: 'privacy_rule.changed',
    subject: rule_id,
    next: (before, at) => withRule(before, fitting(changedRule(ruleIn(before, rule_id), given.body)), at),
    shown: (after) => ({ rule: shownRule(ruleIn(after, rule_id)) }),
  });
});
