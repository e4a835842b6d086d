import { createPrivacyRule } from '../../contracts/privacy.ts';
import { shownRule, withRule } from '../../domain/privacy/policy.ts';
import { newId } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { changePolicy, fitting } from '../kit/privacy/change.ts';

export const handler = endpoint(createPrivacyRule, (given) => {
  const rule = fitting({ id: newId(), ...given.body });
  return changePolicy(given, {
    type: 'privacy_rule.created',
    subject: rule.id,
    next: (before, at) => withRule(before, rule, at),
    shown: () => ({ id: rule.id, rule_id: rule.id, rule: shownRule(rule) }),
  });
});
