import { updatePrivacyPolicy } from '../../contracts/privacy.ts';
import { changed, shown } from '../../domain/privacy/policy.ts';
import { newId } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { changePolicy } from '../kit/privacy/change.ts';

export const handler = endpoint(updatePrivacyPolicy, (given) =>
  changePolicy(given, {
    type: 'privacy_policy.changed',
    next: (before, at) => changed(before, given.body, at, newId),
    shown: (policy) => ({ policy: shown(policy) }),
  }),
);
