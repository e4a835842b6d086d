import { createHmac } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findCreditCards } from '../../../domain/privacy/creditCard.ts';
import { findIbans } from '../../../domain/privacy/iban.ts';
import { findIps } from '../../../domain/privacy/ip.ts';
import { parseV4, parseV6, readAddress, spellAddress } from '../../../domain/privacy/ipAddress.ts';
import { hmac } from '../../../domain/privacy/pseudonym.ts';

const numRuns = 3000;
const digits = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most });

/** Luhn as it is told: from the right, every second digit twice, the digits of all of them added. */
const luhn = (number: string) =>
  [...number]
    .reverse()
    .flatMap((digit, i) => [...String(Number(digit) * (i % 2 === 1 ? 2 : 1))].map(Number))
    .reduce((sum, each) => sum + each, 0) % 10;

test('of the last digits of a card number exactly one is right', () => {
  const issued = fc.tuple(
    fc.constantFrom('400000', '510000', '222100', '270000', '601100', '650000'),
    digits(9, 9),
  );
  fc.assert(
    fc.property(issued, ([prefix, rest]) => {
      const found = [...'0123456789'].filter((last) => findCreditCards(prefix + rest + last).length > 0);
      expect(found).toEqual([...'0123456789'].filter((last) => luhn(prefix + rest + last) === 0));
      expect(found).toHaveLength(1);
    }),
    { numRuns },
  );
});

/** ISO 7064 in one number: the country and the check digits at the end, letters as two digits. */
const remainder = (iban: string) =>
  BigInt(
    [...`${iban.slice(4)}${iban.slice(0, 4)}`].map((character) => Number.parseInt(character, 36)).join(''),
  ) % 97n;

test('of the check digits of an account number exactly one pair is right', () => {
  const capitals = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');
  const numbers = fc
    .constantFrom(
      ...([
        ['DE', 18],
        ['GB', 18],
        ['NO', 11],
        ['FR', 23],
        ['LC', 28],
      ] as const),
    )
    .chain(([country, length]) =>
      fc
        .string({ unit: capitals, minLength: length, maxLength: length })
        .map((rest) => [country, rest] as const),
    );
  fc.assert(
    fc.property(numbers, ([country, rest]) => {
      const pairs = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'));
      const found = pairs.filter((pair) => findIbans(country + pair + rest).length > 0);
      const right = pairs.filter((pair) => remainder(country + pair + rest) === 1n);
      // 97 + 1, 97 and 97 − 1 leave the same as 1, 0 and 96, which no bank issues.
      expect(found).toEqual(right.filter((pair) => Number(pair) >= 2 && Number(pair) <= 98));
      expect(found).toHaveLength(1);
    }),
    { numRuns: numRuns / 20 },
  );
});

const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: 1, maxLength: 4 });
const addresses = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.string({ unit: fc.constantFrom('0', '1', '255', '256', '01', '.', '.'), maxLength: 8 }),
  fc
    .array(fc.oneof(hex, fc.constantFrom('', '0', '192.0.2.7', '1.2.3')), { minLength: 2, maxLength: 10 })
    .map((groups) => groups.join(':')),
);

test('an address is one where Node says so', () => {
  let right = 0;
  fc.assert(
    fc.property(addresses, (text) => {
      expect(parseV4(text) !== undefined).toBe(isIPv4(text));
      expect(parseV6(text) !== undefined).toBe(isIPv6(text));
      if (isIPv4(text) || isIPv6(text)) {
        right++;
        expect(findIps(`at ${text} now`).map(({ start, end }) => [start, end])).toEqual([
          [3, 3 + text.length],
        ]);
      }
    }),
    { numRuns },
  );
  expect(right).toBeGreaterThan(numRuns / 4);
});

test('a long address is spelled as in a URL', () => {
  const groups = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(groups, (parts) => {
      const text = parts.map((part) => part.toString(16).padStart(4, '0')).join(':');
      const read = readAddress(text);
      const spelled = read?.v4 ? undefined : spellAddress(read ?? {});
      if (spelled !== undefined) expect(`[${spelled}]`).toBe(new URL(`http://[${text}]`).hostname);
      expect(parseV6(text)).toEqual(parts);
    }),
    { numRuns },
  );
});

test('a pseudonym is the HMAC of Node', () => {
  const keys = fc.uint8Array({ minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(keys, fc.string({ unit: 'grapheme' }), (key, value) => {
      const expected = createHmac('sha256', key)
        .update(`name\0${value.normalize('NFC').trim()}`)
        .digest('hex');
      expect(hmac(key, 'name', value)).toBe(expected);
    }),
    { numRuns },
  );
});
