import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPublic } from '../../../domain/alerts/addresses.ts';

/** Every network that is blocked: the address before it, its first, its last, and the one after. */
const networks: [string, string, string, string, string][] = [
  ['0.0.0.0/8', '', '0.0.0.0', '0.255.255.255', '1.0.0.0'],
  ['10.0.0.0/8', '9.255.255.255', '10.0.0.0', '10.255.255.255', '11.0.0.0'],
  ['100.64.0.0/10', '100.63.255.255', '100.64.0.0', '100.127.255.255', '100.128.0.0'],
  ['127.0.0.0/8', '126.255.255.255', '127.0.0.0', '127.255.255.255', '128.0.0.0'],
  ['169.254.0.0/16', '169.253.255.255', '169.254.0.0', '169.254.255.255', '169.255.0.0'],
  ['172.16.0.0/12', '172.15.255.255', '172.16.0.0', '172.31.255.255', '172.32.0.0'],
  ['192.0.0.0/24', '191.255.255.255', '192.0.0.0', '192.0.0.255', '192.0.1.0'],
  ['192.0.2.0/24', '192.0.1.255', '192.0.2.0', '192.0.2.255', '192.0.3.0'],
  ['192.168.0.0/16', '192.167.255.255', '192.168.0.0', '192.168.255.255', '192.169.0.0'],
  ['198.18.0.0/15', '198.17.255.255', '198.18.0.0', '198.19.255.255', '198.20.0.0'],
  ['198.51.100.0/24', '198.51.99.255', '198.51.100.0', '198.51.100.255', '198.51.101.0'],
  ['203.0.113.0/24', '203.0.112.255', '203.0.113.0', '203.0.113.255', '203.0.114.0'],
  ['224.0.0.0/4', '223.255.255.255', '224.0.0.0', '239.255.255.255', ''],
  ['240.0.0.0/4', '', '240.0.0.0', '255.255.255.255', ''],
  ['2001::/32', '2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2001::', '2001:0:ffff:ffff::', '2001:1::'],
  ['2001:db8::/32', '2001:db7:ffff::', '2001:db8::', '2001:db8:ffff:ffff::', '2001:db9::'],
  ['2002::/16', '2001:ffff:ffff::', '2002::', '2002:ffff:ffff::', '2003::'],
];

test.each(networks)('%s is blocked from its first address to its last', (_, before, first, last, after) => {
  expect([first, last].map(isPublic)).toEqual([false, false]);
  for (const outer of [before, after].filter(Boolean)) expect(isPublic(outer), outer).toBe(true);
  if (first.includes(':')) return;
  expect(isPublic(`::ffff:${first}`)).toBe(false);
  for (const outer of [before, after].filter(Boolean)) expect(isPublic(`::ffff:${outer}`), outer).toBe(true);
});

test.each([
  ['::', false],
  ['::1', false],
  ['::127.0.0.1', false],
  ['::ffff:7f00:1', false],
  ['::FFFF:127.0.0.1', false],
  ['0:0:0:0:0:ffff:a9fe:a9fe', false],
  ['64:ff9b::7f00:1', false],
  ['64:ff9b:1::1', false],
  ['100::1', false],
  ['1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', false],
  ['2000::', true],
  ['2606:4700::1111', true],
  ['3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', true],
  ['4000::', false],
  ['5f00::1', false],
  ['fc00::1', false],
  ['fd12::1', false],
  ['fe80::1', false],
  ['fe80::1%eth0', false],
  ['2606:4700::1111%eth0', false],
  ['fec0::1', false],
  ['ff02::1', false],
  ['8.8.8.8', true],
  ['8.8.8.8.', false],
  ['0177.0.0.1', false],
  ['2130706433', false],
  ['127.1', false],
  ['localhost', false],
  ['[::1]', false],
  ['', false],
])('%s may be connected to: %s', (address, allowed) => expect(isPublic(address)).toBe(allowed));

test('an address of IPv4 within IPv6 is judged as itself', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(isPublic(`::ffff:${address}`)).toBe(isPublic(address));
    }),
  );
});

test('of IPv6 nothing outside 2000::/3 is public but what is IPv4 within it', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const first = Number.parseInt(address.startsWith(':') ? '0' : (address.split(':')[0] ?? ''), 16);
      if (first < 0x2000 || first > 0x3fff) fc.pre(!/^[0:]*:ffff:/i.test(address));
      if (isPublic(address)) expect(first >= 0x2000 && first <= 0x3fff).toBe(true);
    }),
  );
});
