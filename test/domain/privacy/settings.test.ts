import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Caller } from '../../../domain/apiKey.ts';
import { made } from '../../../domain/privacy/policy.ts';
import {
  assertMayWeaken,
  type Options,
  policyIdOf,
  privacyOf,
  swaps,
  treatmentOf,
} from '../../../domain/privacy/settings.ts';
import { Problem } from '../../../domain/problem.ts';

const idOf = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const policyOf = (settings = {}, n = 1) => {
  const said = { name: 'p', description: null, profile: 'custom', status: 'active', settings } as const;
  const by = { id: idOf(n), by: 'key:1', at: '2026-01-01T00:00:00Z' };
  return made({ project_id: idOf(9), ...said }, by, () => idOf(5));
};
const config = (more = {}) => ({ name: 'd', traffic_percent: 100, ...more });
const caller = (...scopes: Caller['scopes']): Caller => ({
  ...{ id: 'key:1', kind: 'user', roles: [], projects: null, expires: null },
  scopes,
});
const may = (of: Caller, weakened: Parameters<typeof assertMayWeaken>[1]) => {
  try {
    assertMayWeaken(of, weakened);
    return true;
  } catch (thrown) {
    expect(thrown).toEqual(new Problem('forbidden', 'Missing scope: privacy:override'));
    return false;
  }
};

const said = [undefined, true, false] as const;
const every = said.flatMap((request) =>
  said.flatMap((deployment) => said.map((policy) => ({ request, deployment, policy }))),
);
const first = (...values: (boolean | undefined)[]) => values.find((value) => value !== undefined) ?? false;

describe.each([
  { setting: 'logs', field: 'anonymize_logs', withPolicy: true },
  { setting: 'response', field: 'anonymize_response', withPolicy: false },
] as const)('Of $setting', ({ setting, field, withPolicy }) => {
  test.each(every)(
    '$request, $deployment, $policy: request before deployment before policy before default',
    (of) => {
      const given = config({ privacy_policy_id: idOf(1), [`privacy_${field}`]: of.deployment });
      const privacy = privacyOf(given, { [field]: of.request }, policyOf({ [field]: of.policy }));
      expect(privacy[setting]).toBe(first(of.request, of.deployment, of.policy, withPolicy));
      const weaker = of.request === false && first(of.deployment, of.policy, withPolicy);
      expect(privacy.weakened).toEqual(weaker ? [field] : []);
      expect(may(caller('predict'), privacy.weakened)).toBe(!weaker);
      expect(may(caller('predict', 'privacy:override'), privacy.weakened)).toBe(true);
    },
  );

  test.each(every.filter(({ policy }) => policy === undefined))(
    'without a policy: $request, $deployment',
    (of) => {
      const given = config({ [`privacy_${field}`]: of.deployment });
      const privacy = privacyOf(given, { [field]: of.request }, undefined);
      expect(privacy[setting]).toBe(first(of.request, of.deployment, false));
      expect(privacy.weakened).toEqual(of.request === false && of.deployment ? [field] : []);
    },
  );

  test.each(every.filter(({ policy }) => policy === undefined))(
    'of a policy that cannot be read: $request, $deployment; the strictest is taken for what it says',
    (of) => {
      const given = config({ privacy_policy_id: idOf(1), [`privacy_${field}`]: of.deployment });
      const privacy = privacyOf(given, { [field]: of.request }, 'unreadable');
      expect(privacy[setting]).toBe(first(of.request, of.deployment, true));
      expect(privacy.weakened).toEqual(of.request === false && of.deployment !== false ? [field] : []);
    },
  );
});

describe('Another policy than that of the deployment', () => {
  const asked: Options = { privacy_policy_id: idOf(2) };

  test('weakens, and is the one that holds', () => {
    const given = config({ privacy_policy_id: idOf(1) });
    expect(swaps(given, asked)).toEqual(['privacy_policy_id']);
    expect(policyIdOf(given, asked)).toBe(idOf(2));
    const other = policyOf({ anonymize_logs: false }, 2);
    expect(privacyOf(given, asked, other)).toEqual({
      ...{ logs: false, response: false, weakened: ['privacy_policy_id'] },
    });
  });

  test('is the same one under its own id', () => {
    expect(swaps(config({ privacy_policy_id: idOf(2) }), asked)).toEqual([]);
  });

  test('strengthens where nothing was anonymised, whatever else is said', () => {
    expect(swaps(config(), asked)).toEqual([]);
    expect(privacyOf(config(), { ...asked, anonymize_logs: false }, policyOf({}, 2))).toEqual({
      ...{ logs: false, response: false, weakened: [] },
    });
  });

  test.each(['privacy_anonymize_logs', 'privacy_anonymize_response'])(
    'weakens where %s redacted everything without one',
    (field) => expect(swaps(config({ [field]: true }), asked)).toEqual(['privacy_policy_id']),
  );
});

test('without the scope nobody gets less than the deployment gives, whatever is asked', () => {
  const maybe = fc.constantFrom(...said);
  const policy = fc.constantFrom(
    undefined,
    policyOf(),
    policyOf({ anonymize_logs: false, anonymize_response: true }),
  );
  fc.assert(
    fc.property(policy, maybe, maybe, maybe, maybe, (own, logs, response, askedLogs, askedResponse) => {
      const given = config({
        ...{ privacy_policy_id: own?.id, privacy_anonymize_logs: logs, privacy_anonymize_response: response },
      });
      const before = privacyOf(given, {}, own);
      const after = privacyOf(given, { anonymize_logs: askedLogs, anonymize_response: askedResponse }, own);
      const less = (before.logs && !after.logs) || (before.response && !after.response);
      expect(may(caller('predict'), after.weakened)).toBe(!less);
    }),
  );
});

describe('How data is treated', () => {
  const rule = (pii_type: 'email' | 'url', is_enabled: boolean) =>
    ({ id: idOf(3), pii_type, is_enabled, action: 'redact', config: {} }) as const;

  test('without a policy, or rules in it, everything that is found goes', () => {
    expect(treatmentOf(config(), undefined)).toMatchObject({ everything: true, threshold: 0.4 });
    expect(treatmentOf(config(), policyOf()).everything).toBe(true);
  });

  test('by the rules that are enabled; a policy whose rules are all off does nothing', () => {
    const some = { ...policyOf(), rules: [rule('email', true), rule('url', false)] };
    const { rules, everything } = treatmentOf(config(), some);
    expect([[...rules.keys()], everything]).toEqual([['email'], false]);
    const off = treatmentOf(config(), { ...policyOf(), rules: [rule('url', false)] });
    expect([off.rules.size, off.everything]).toEqual([0, false]);
  });

  test('with the threshold of the deployment before that of the policy', () => {
    const policy = policyOf({ threshold: 0 });
    expect(treatmentOf(config(), policy).threshold).toBe(0);
    expect(treatmentOf(config({ privacy_threshold: 0.7 }), policy).threshold).toBe(0.7);
  });

  test('with both column maps, column by column, that of the deployment first', () => {
    const policy = policyOf({ column_map: { a: 'email', b: 'name' } });
    const { columns } = treatmentOf(config({ privacy_column_map: { b: 'none', c: 'url' } }), policy);
    expect([...columns]).toEqual([
      ['a', 'email'],
      ['b', 'none'],
      ['c', 'url'],
    ]);
  });

  test('a type that nobody knows any more does not let its column pass', () => {
    const { columns } = treatmentOf(config({ privacy_column_map: { a: 'fish' } }), undefined);
    expect(columns.get('a')).toBe('custom');
  });
});
