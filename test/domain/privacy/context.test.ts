import { expect, test } from 'vitest';
import { detect } from '../../../domain/privacy/detect.ts';

const typesIn = (text: string, column?: string) => detect(text, { column }, 0.4).map(({ type }) => type);

test.each([
  ['536904399', 'ssn', 'ssn'],
  ['536904399', 'customerSSN', 'ssn'],
  ['536904399', 'customer_social_security', 'ssn'],
  ['53690-4399', 'ssn_2', 'ssn'],
  ['2025550143', 'mobilePhone', 'phone_number'],
  ['2025550143', 'phone number', 'phone_number'],
  ['030/2312500', 'Telefon', 'phone_number'],
  ['example.com', 'website', 'url'],
  ['::', 'clientIp', 'ip_address'],
] as const)('%s in a column %s is %s', (text, column, type) => {
  expect(typesIn(text, column)).toEqual([type]);
  expect(typesIn(text, 'segment')).toEqual([]);
});

test.each([
  'phone_count',
  'phoneNum',
  'ssn_total',
  'avg_phone_sum',
  'phone_rate',
  'phone ratio',
  'phone-pct',
  'phoneScore',
  'ssn_len',
  'ssn_flag',
  'zip',
  'telescope',
  'assn',
  'session',
  '',
])('a column %s says nothing', (column) => {
  expect(typesIn('536904399', column)).toEqual([]);
  expect(typesIn('2025550143', column)).toEqual([]);
});

test.each([
  ['my SSN is 536904399', ['ssn']],
  ['call my mobile: 2025550143', ['phone_number']],
  [`${'mobile'.padEnd(40)}2025550143`, ['phone_number']],
  [`${'mobile'.padEnd(41)}2025550143`, []],
  [`${'xmobile'.padEnd(41)}2025550143`, []],
  ['2025550143 is my mobile', []],
  ['my number is 2025550143', []],
  ['[PHONE_NUMBER] 2025550143', []],
  ['<phone_number:6cd0490a7804ca89> 2025550143', []],
  ['mobile, phone, tel, ssn', []],
] as const)('of the words before, as in %s', (text, types) => {
  expect(typesIn(text)).toEqual(types);
});

test('what context adds is 0.35, and 0.4 is reached however little there was', () => {
  const score = (text: string) => detect(text, { column: 'phone_ssn_ip' }, 0).at(0)?.score;
  expect(score('536904399')).toBe(0.4);
  expect(score('030/2312500')).toBeCloseTo(0.65, 12);
  expect(score('192.0.2.7')).toBeCloseTo(0.95, 12);
});
