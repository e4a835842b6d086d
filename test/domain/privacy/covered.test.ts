import { describe, expect, test } from 'vitest';
import { coverOf } from '../../../domain/privacy/covered.ts';
import { changedRule, made, unfit, withRule } from '../../../domain/privacy/policy.ts';
import type { PiiType, PolicyRule } from '../../../domain/privacy/types.ts';

const config = (more = {}) => ({ name: 'd', traffic_percent: 100, ...more });
const idOf = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const rule = (pii_type: PiiType, action: PolicyRule['action'], more = {}): PolicyRule => ({
  ...{ id: idOf(3), pii_type, action, is_enabled: true, config: {} },
  ...more,
});
const policyOf = (rules: PolicyRule[] = [], settings = {}) => ({
  ...made(
    { project_id: idOf(9), name: 'p', description: null, profile: 'custom', status: 'active', settings },
    { id: idOf(1), by: 'key:1', at: '2026-01-01T00:00:00Z' },
    () => idOf(5),
  ),
  rules,
});
const mail = 'ada@example.com';

describe('Names of categories', () => {
  test('are told where a deployment has no privacy at all', () => {
    const cover = coverOf(config({ privacy_anonymize_logs: false }), undefined);
    expect(cover('city', ['Roma', mail])).toBe(false);
  });

  test.each([
    ['a policy without rules', {}, policyOf()],
    ['logs that are anonymised without a policy', { privacy_anonymize_logs: true }, undefined],
    ['answers that are', { privacy_anonymize_response: true }, undefined],
    ['a policy, though its logs are kept as they come', { privacy_anonymize_logs: false }, policyOf()],
    ['a rule that needs a key', {}, policyOf([rule('email', 'hash')])],
  ])('are not, of a column where one is personal: %s', (_, more, policy) => {
    const cover = coverOf(config(more), policy);
    expect(cover('city', ['Roma', mail])).toBe(true);
    expect(cover('city', ['Roma', 'Oslo'])).toBe(false);
    expect(cover('city', [])).toBe(false);
  });

  test('are not, of a column that is mapped, whatever they look like', () => {
    const cover = coverOf(config({ privacy_column_map: { grade: 'name', city: 'none' } }), undefined);
    expect(cover('grade', [])).toBe(true);
    expect(cover('city', [mail])).toBe(false);
  });

  test('are told where the rule of their type keeps them, or is off beside others', () => {
    const kept = coverOf(config({ privacy_column_map: { grade: 'name' } }), policyOf([rule('name', 'keep')]));
    expect(kept('grade', ['Ada'])).toBe(false);
    const off = policyOf([rule('email', 'redact', { is_enabled: false }), rule('url', 'redact')]);
    expect(coverOf(config(), off)('city', [mail])).toBe(false);
  });

  test('are never told where the policy cannot be read', () => {
    expect(coverOf(config(), 'unreadable')('age', [])).toBe(true);
  });
});

test('a policy has one rule for each type, whatever is added or changed', () => {
  const policy = policyOf([rule('email', 'redact'), rule('url', 'redact', { id: idOf(4) })]);
  const at = '2026-01-02T00:00:00Z';
  expect(() => withRule(policy, rule('email', 'hash', { id: idOf(6) }), at)).toThrow();
  expect(() => withRule(policy, rule('url', 'redact'), at)).toThrow();
  const changed = withRule(policy, rule('email', 'hash'), at);
  expect(changed).toMatchObject({ rev: 2, updated_at: at });
  expect(changed.rules.map(({ pii_type, action }) => [pii_type, action])).toEqual([
    ['email', 'hash'],
    ['url', 'redact'],
  ]);
});

test('another action forgets the config of the one before; the same keeps it', () => {
  const masked = rule('email', 'mask', { config: { show_last: 2 } });
  expect(changedRule(masked, { is_enabled: false }).config).toEqual({ show_last: 2 });
  expect(changedRule(masked, { action: 'mask' }).config).toEqual({ show_last: 2 });
  expect(changedRule(masked, { action: 'hash' }).config).toEqual({});
  expect(unfit(changedRule(masked, { action: 'replace' }))).toBe('replace needs value');
});
