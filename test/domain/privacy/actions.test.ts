import { expect, test } from 'vitest';
import { acted } from '../../../domain/privacy/actions.ts';
import { hmac } from '../../../domain/privacy/pseudonym.ts';
import { Action, ActionConfig, type PiiType, type RuleConfig } from '../../../domain/privacy/types.ts';

const key = Uint8Array.from({ length: 32 }, (_, i) => i);

const examples: [Action, RuleConfig, PiiType, string | number, string | number | null][] = [
  ['redact', {}, 'credit_card', '4111 1111 1111 1111', '[CREDIT_CARD]'],
  ['redact', {}, 'postal_code', 10115, '[POSTAL_CODE]'],
  ['mask', { show_last: 4 }, 'credit_card', '4111 1111 1111 1111', '**** **** **** 1111'],
  ['mask', { show_last: 4 }, 'credit_card', '4111111111111111', '************1111'],
  ['mask', { show_first: 6, show_last: 4 }, 'credit_card', '4111-1111-1111-1111', '4111-11**-****-1111'],
  ['mask', { show_first: 1 }, 'email', 'jane.doe@example.com', 'j***.***@*******.***'],
  ['mask', {}, 'name', 'Zoë 李 O’Neil', '*** * ******'],
  ['mask', {}, 'custom', '👩👩', '**'],
  ['mask', { show_last: 4 }, 'account_number', '1234567', '*******'],
  ['mask', { show_last: 4 }, 'account_number', '12345678', '****5678'],
  ['mask', { show_first: 9, show_last: 9 }, 'account_number', '12345678', '********'],
  ['mask', {}, 'custom', '---', '***'],
  ['mask', { show_last: 2 }, 'account_number', 123456, '****56'],
  ['pseudonymize', {}, 'email', 'a.b@example.com', '<email:6cd0490a7804ca89>'],
  [
    'hash',
    {},
    'email',
    'a.b@example.com',
    '6cd0490a7804ca89b0beeaabcf5079578e429028846518174ede453a4a1a6e30',
  ],
  ['generalize', { to: 'year' }, 'date_of_birth', '1990-04-12', '1990'],
  ['generalize', { to: 'year' }, 'date_of_birth', '04/12/1990', '1990'],
  ['generalize', { to: 'year' }, 'date_of_birth', 19900412, '1990'],
  ['generalize', { to: 'year' }, 'date_of_birth', '1990-04-12T09:00:00+02:00', '1990'],
  ['generalize', { to: 'month' }, 'date_of_birth', '1990-04-12', '1990-04'],
  ['generalize', { to: 'month' }, 'date_of_birth', '12.4.1990', '1990-04'],
  ['generalize', { to: 'month' }, 'date_of_birth', '13/4/1990', '1990-04'],
  ['generalize', { to: 'month' }, 'date_of_birth', '4/13/1990', '1990-04'],
  ['generalize', { to: 'month' }, 'date_of_birth', '4/12/1990', '[DATE_OF_BIRTH]'],
  ['generalize', { to: 'month' }, 'date_of_birth', '1990', '[DATE_OF_BIRTH]'],
  ['generalize', { to: 'decade' }, 'date_of_birth', '1994-04-12', '1990'],
  ['generalize', { to: 'year' }, 'date_of_birth', '1990-13-12', '[DATE_OF_BIRTH]'],
  ['generalize', { to: 'year' }, 'date_of_birth', '12 April 90', '[DATE_OF_BIRTH]'],
  ['generalize', { prefix: 3 }, 'postal_code', '94110-1234', '941'],
  ['generalize', { prefix: 3 }, 'postal_code', 94110, '941'],
  ['generalize', { prefix: 3 }, 'postal_code', '941', '[POSTAL_CODE]'],
  ['generalize', { network: true }, 'ip_address', '192.0.2.77', '192.0.2.0/24'],
  ['generalize', { to: 'network' }, 'ip_address', '10.1.2.3/8', '10.0.0.0/8'],
  ['generalize', { network: true }, 'ip_address', '2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
  ['generalize', { network: true }, 'ip_address', '::ffff:192.0.2.77', '192.0.2.0/24'],
  ['generalize', { network: true }, 'ip_address', 'fe80::1%eth0', 'fe80::/48'],
  ['generalize', { network: true }, 'ip_address', 'a host', '[IP_ADDRESS]'],
  ['generalize', { domain: true }, 'email', 'Jane@Example.com', 'example.com'],
  ['generalize', { to: 'domain' }, 'email', 'jane', '[EMAIL]'],
  ['generalize', { width: 5 }, 'custom', 37, 35],
  ['generalize', { width: 5 }, 'custom', '-37', '-40'],
  ['generalize', { width: 0.1 }, 'custom', 0.37, 0.3],
  ['generalize', { width: 5 }, 'custom', 'many', '[CUSTOM]'],
  ['generalize', {}, 'date_of_birth', '1990-04-12', '1990'],
  ['generalize', {}, 'postal_code', '94110', '941'],
  ['generalize', {}, 'ip_address', '192.0.2.77', '192.0.2.0/24'],
  ['generalize', {}, 'email', 'jane@example.com', 'example.com'],
  ['generalize', {}, 'name', 'Jane', '[NAME]'],
  ['replace', { value: 'somebody' }, 'name', 'Jane', 'somebody'],
  ['replace', { value: 0 }, 'geo', 52.5, 0],
  ['suppress', {}, 'name', 'Jane', null],
  ['keep', {}, 'name', 'Jane', 'Jane'],
];

test.each(examples)('%s %o of %s %s is %s', (action, config, type, value, result) => {
  expect(ActionConfig[action].parse(config)).toEqual(config);
  expect(acted({ action, config }, type, value, key)).toBe(result);
});

test('every action has an example', () => {
  expect(new Set(examples.map(([action]) => action))).toEqual(new Set(Action.options));
});

test.each([
  ['redact', { show_last: 4 }],
  ['mask', { show_last: -1 }],
  ['mask', { show_last: 1.5 }],
  ['mask', { last: 4 }],
  ['generalize', { to: 'week' }],
  ['generalize', { to: 'year', prefix: 3 }],
  ['generalize', { width: 0 }],
  ['generalize', { prefix: 0 }],
  ['generalize', { network: false }],
  ['replace', {}],
  ['replace', { value: null }],
] as const)('%s takes no %o', (action, config) => {
  expect(ActionConfig[action].safeParse(config).success).toBe(false);
});

test('the golden HMAC', () => {
  expect(hmac(key, 'email', 'a.b@example.com')).toBe(
    '6cd0490a7804ca89b0beeaabcf5079578e429028846518174ede453a4a1a6e30',
  );
});

test.each([
  ['email', 'A.B@Example.com', ' a.b@example.com '],
  ['credit_card', '4111 1111 1111 1111', '4111-1111-1111-1111'],
  ['ssn', '536-90-4399', '536904399'],
  ['phone_number', '+1 (202) 555-0143', '+12025550143'],
  ['iban', 'de89 3704 0044 0532 0130 00', 'DE89370400440532013000'],
  ['ip_address', '2001:DB8:0:0::1', '2001:db8::1'],
  ['ip_address', '::ffff:192.0.2.7', '192.0.2.7'],
  ['name', 'Zoë', 'Zoe\u0308 '],
] as const)('two spellings of one %s have one pseudonym', (type, a, b) => {
  expect(hmac(key, type, a)).toBe(hmac(key, type, b));
});

test.each([
  ['phone_number', '+12025550143', '12025550143'],
  ['ssn', 'unknown', 'none'],
  ['name', 'Jane', 'jane'],
  ['ip_address', '192.0.2.7', '192.0.2.7/24'],
] as const)('two %ss have two pseudonyms', (type, a, b) => {
  expect(hmac(key, type, a)).not.toBe(hmac(key, type, b));
});

test('types and keys set pseudonyms apart', () => {
  const digest = hmac(key, 'ssn', '536904399');
  expect(hmac(key, 'national_id', '536904399')).not.toBe(digest);
  expect(hmac(key.toReversed(), 'ssn', '536904399')).not.toBe(digest);
});

test('without the key of its project nothing is hashed', () => {
  for (const action of ['hash', 'pseudonymize'] as const)
    expect(() => acted({ action, config: {} }, 'name', 'Jane', undefined)).toThrow('no key');
});
