import * as policies from '../../adapters/privacy/policies.ts';
import { getPrivacyPolicy } from '../../contracts/privacy.ts';
import { shown } from '../../domain/privacy/policy.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(getPrivacyPolicy, async ({ params, caller, header }) => {
  const policy = await policies.load(caller, params.policy_id);
  header('etag', `"${policy.rev}"`);
  return { policy: shown(policy) };
});
