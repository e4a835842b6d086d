import * as z from 'zod';
import type { Deployment } from '../deployment.ts';
import { Id, Name, Time, text } from '../fields.ts';
import { conflict } from '../problem.ts';
import { ColumnMap } from './columns.ts';
import { ActionConfig, PiiType, PolicyRule } from './types.ts';

export const Profile = z.enum(['hipaa', 'gdpr', 'pci_dss', 'ccpa', 'custom']);
export type Profile = z.infer<typeof Profile>;
export const Status = z.enum(['draft', 'active']);
export const Description = text(0, 1000).nullable();

export const Settings = z.object({
  anonymize_logs: z.boolean().optional(),
  anonymize_response: z.boolean().optional(),
  threshold: z.number().min(0).max(1).optional().describe('Of the confidence of a detection'),
  column_map: ColumnMap.optional(),
});
export type Settings = z.infer<typeof Settings>;

export const Policy = z.object({
  id: Id,
  project_id: Id,
  name: Name,
  description: Description,
  profile: Profile,
  status: Status,
  settings: Settings,
  /** At most one per type. */
  rules: z.array(PolicyRule),
  rev: z.int().min(1),
  created_by: z.string(),
  created_at: Time,
  updated_at: Time,
});
export type Policy = z.infer<typeof Policy>;

/** What is told to whoever deploys with a policy; undefined where there is nothing to tell. */
export const warningsOf = ({ status }: Policy): string[] | undefined =>
  status === 'draft' ? ['The privacy policy is a draft: it applies all the same'] : undefined;

/** Whether a deployment holds on to a policy: it runs, or may run again without being decided on anew. */
export const uses = ({ life, config }: Deployment, { id }: Policy): boolean =>
  life !== 'archived' && config.privacy_policy_id === id;

type Said = Pick<PolicyRule, 'action' | 'config'>;

/** What each profile does to each type of value. */
const profiles: Record<Profile, (type: PiiType) => Said | undefined> = {
  hipaa: (type) => shortened[type] ?? { action: 'redact', config: {} },
  gdpr: () => ({ action: 'pseudonymize', config: {} }),
  pci_dss: (type) => (payments.includes(type) ? { action: 'mask', config: { show_last: 4 } } : undefined),
  ccpa: () => ({ action: 'hash', config: {} }),
  custom: () => undefined,
};
const shortened: Partial<Record<PiiType, Said>> = {
  date_of_birth: { action: 'generalize', config: { to: 'year' } },
  postal_code: { action: 'generalize', config: { prefix: 3 } },
};
const payments: readonly PiiType[] = ['credit_card', 'iban'];

/** The rules that a profile fills in, to be edited like any other. */
const rulesOf = (profile: Profile, newId: () => string): PolicyRule[] =>
  PiiType.options.flatMap((pii_type) => {
    const said = profiles[profile](pii_type);
    return said ? [{ id: newId(), pii_type, is_enabled: true, ...said }] : [];
  });

/** A new policy, with the rules of its profile. */
export const made = (
  wanted: Pick<Policy, 'project_id' | 'name' | 'description' | 'profile' | 'status' | 'settings'>,
  { id, by, at }: { id: string; by: string; at: string },
  newId: () => string,
): Policy => ({
  id,
  ...wanted,
  rules: rulesOf(wanted.profile, newId),
  rev: 1,
  created_by: by,
  created_at: at,
  updated_at: at,
});

/** The next revision of a policy. Of another profile it has the rules of that one; `custom` keeps those there are. */
export function changed(
  before: Policy,
  wanted: Partial<Pick<Policy, 'name' | 'description' | 'profile' | 'status' | 'settings'>>,
  at: string,
  newId: () => string,
): Policy {
  const { profile = before.profile } = wanted;
  const refilled = profile !== before.profile && profile !== 'custom';
  const rules = refilled ? rulesOf(profile, newId) : before.rules;
  return revised({ ...before, ...wanted, rules }, at);
}

const revised = (policy: Policy, at: string): Policy => ({ ...policy, rev: policy.rev + 1, updated_at: at });

/** The next revision with a rule: a new one, or one that has changed. A type has one rule. */
export function withRule(before: Policy, rule: PolicyRule, at: string): Policy {
  if (before.rules.some(({ id, pii_type }) => id !== rule.id && pii_type === rule.pii_type))
    throw conflict('Rule exists');
  const known = before.rules.some(({ id }) => id === rule.id);
  const rules = known
    ? before.rules.map((other) => (other.id === rule.id ? rule : other))
    : [...before.rules, rule];
  return revised({ ...before, rules }, at);
}

/** A rule as it is to be: the config of another action says nothing of the new one. */
export const changedRule = (rule: PolicyRule, wanted: Partial<Omit<PolicyRule, 'id'>>): PolicyRule => ({
  ...rule,
  ...(wanted.action && wanted.action !== rule.action && { config: {} }),
  ...wanted,
});

/** Why the action of a rule cannot do with its config; undefined where it can. */
export function unfit({ action, config }: Said): string | undefined {
  const issue = z.safeParse(ActionConfig[action], config).error?.issues[0];
  if (!issue) return undefined;
  if (issue.code === 'unrecognized_keys') return `${action} does not take ${issue.keys.join(', ')}`;
  return issue.code === 'custom' ? issue.message : `${action} needs ${issue.path.join('.')}`;
}

export const withoutRule = (before: Policy, id: string, at: string): Policy =>
  revised({ ...before, rules: before.rules.filter((rule) => rule.id !== id) }, at);

/** A policy and its rules as they are shown, each under both of its ids. */
export const shown = (policy: Policy) => ({
  ...policy,
  policy_id: policy.id,
  rules: policy.rules.map(shownRule),
});
export const shownRule = (rule: PolicyRule) => ({ ...rule, rule_id: rule.id });
