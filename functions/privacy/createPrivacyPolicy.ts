import * as keys from '../../adapters/privacy/keys.ts';
import * as policies from '../../adapters/privacy/policies.ts';
import * as projects from '../../adapters/projects.ts';
import { createPrivacyPolicy } from '../../contracts/privacy.ts';
import { made, shown } from '../../domain/privacy/policy.ts';
import { newId, random } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(createPrivacyPolicy, async ({ body, caller, answer, told }) => {
  await projects.load(caller, body.project_id);
  const id = newId();
  const word = told('privacy_policy.created', id);
  const policy = made(body, { id, by: caller.id, at: word.at }, newId);
  // Before the policy: one that pseudonymises must find the key of its project.
  await keys.keep(policy.project_id, random(32));
  return policies.create(policy, answer({ id, policy_id: id, policy: shown(policy) }), word);
});
