import { Policy } from '../../domain/privacy/policy.ts';
import { packed, unpacked } from '../codec.ts';
import { at, v } from '../items.ts';

/** Rules lie inside their policy, at most one per type: whoever predicts reads one item. */
const texts = ['settings', 'rules'];

export const policyItem = (policy: Policy) => ({
  ...at.policy(policy.project_id, policy.id),
  v,
  ...packed(policy, texts),
});
export const policyOf = (item: Record<string, unknown>): Policy => Policy.parse(unpacked(item, texts));
