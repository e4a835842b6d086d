import * as z from 'zod';
import { Id, Name } from '../domain/fields.ts';
import { Description, Policy as Kept, Profile, Settings, Status } from '../domain/privacy/policy.ts';
import { PolicyRule } from '../domain/privacy/types.ts';
import { route } from './route.ts';
import { limit, nothing, offset, ok, page } from './shapes.ts';

const shared = { group: 'privacy', dialect: 'mlops' } as const;
const policies = '/api/privacy/policies';
const policy_id = Id.describe('The policy');
const one = z.object({ policy_id });
const itsRule = z.object({ policy_id, rule_id: Id.describe('The rule') });

const Rule = PolicyRule.extend({ rule_id: Id }).meta({ id: 'PrivacyRule' });
const Policy = Kept.omit({ rules: true, rev: true, created_by: true })
  .extend({ policy_id: Id })
  .meta({ id: 'PrivacyPolicy' });
const WithRules = Policy.extend({ rules: z.array(Rule) }).meta({ id: 'PrivacyPolicyWithRules' });

const { name, description, profile, status, settings } = {
  name: Name,
  description: Description,
  profile: Profile.describe('Any but custom fills in rules of its own, which may be edited'),
  status: Status.describe('A policy applies once a deployment names it, also as a draft'),
  settings: Settings,
};

export const createPrivacyPolicy = route({
  ...shared,
  id: 'createPrivacyPolicy',
  scope: 'write',
  method: 'POST',
  path: policies,
  summary: 'Add a privacy policy to a project',
  params: nothing,
  body: z
    .object({
      project_id: Id,
      name,
      description: description.default(null),
      profile: profile.default('custom'),
      status: status.default('draft'),
      settings: settings.default({}),
    })
    .meta({ id: 'CreatePrivacyPolicy' }),
  repeatable: true,
  status: 201,
  returns: z.object({ id: Id, policy_id: Id, policy: WithRules }),
});

export const listPrivacyPolicies = route({
  ...shared,
  id: 'listPrivacyPolicies',
  scope: 'read',
  method: 'GET',
  path: policies,
  summary: 'Privacy policies of a project, or of all projects, newest first',
  params: nothing,
  query: z.object({ project_id: Id.optional(), limit: limit(), offset: offset() }),
  status: 200,
  returns: page(Policy),
});

export const getPrivacyPolicy = route({
  ...shared,
  id: 'getPrivacyPolicy',
  scope: 'read',
  method: 'GET',
  path: `${policies}/{policy_id}`,
  summary: 'One privacy policy with its rules',
  params: one,
  status: 200,
  returns: z.object({ policy: WithRules }),
});

export const updatePrivacyPolicy = route({
  ...shared,
  id: 'updatePrivacyPolicy',
  scope: 'write',
  method: 'PATCH',
  path: `${policies}/{policy_id}`,
  summary:
    'Change what is given; another profile than custom brings its own rules in place of those there are',
  params: one,
  body: z
    .object({ name, description, profile, status, settings })
    .partial()
    .meta({ id: 'UpdatePrivacyPolicy' }),
  repeatable: true,
  status: 200,
  returns: z.object({ policy: WithRules }),
});

export const deletePrivacyPolicy = route({
  ...shared,
  id: 'deletePrivacyPolicy',
  scope: 'write',
  method: 'DELETE',
  path: `${policies}/{policy_id}`,
  summary: 'Remove a privacy policy that no live deployment uses',
  params: one,
  repeatable: true,
  status: 200,
  returns: ok,
});

const { pii_type, action, is_enabled, config } = PolicyRule.shape;

export const createPrivacyRule = route({
  ...shared,
  id: 'createPrivacyRule',
  scope: 'write',
  method: 'POST',
  path: `${policies}/{policy_id}/rules`,
  summary: 'Say what becomes of a type of personal data; a policy has one rule for each',
  params: one,
  body: z
    .object({ pii_type, action, is_enabled: is_enabled.default(true), config: config.default({}) })
    .meta({ id: 'CreatePrivacyRule' }),
  repeatable: true,
  status: 201,
  returns: z.object({ id: Id, rule_id: Id, rule: Rule }),
});

export const updatePrivacyRule = route({
  ...shared,
  id: 'updatePrivacyRule',
  scope: 'write',
  method: 'PATCH',
  path: `${policies}/{policy_id}/rules/{rule_id}`,
  summary: 'Change what is given of a rule',
  params: itsRule,
  body: z.object({ pii_type, action, is_enabled, config }).partial().meta({ id: 'UpdatePrivacyRule' }),
  repeatable: true,
  status: 200,
  returns: z.object({ rule: Rule }),
});

export const deletePrivacyRule = route({
  ...shared,
  id: 'deletePrivacyRule',
  scope: 'write',
  method: 'DELETE',
  path: `${policies}/{policy_id}/rules/{rule_id}`,
  summary: 'Take a rule out of a policy',
  params: itsRule,
  repeatable: true,
  status: 200,
  returns: ok,
});
