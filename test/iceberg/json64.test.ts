import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFault } from '../../iceberg/fault.ts';
import { type Json, parseJson, printJson } from '../../iceberg/json64.ts';

test('a snapshot id keeps all of its 63 bits', () => {
  const text = '{"snapshot-id":7279250483206658947,"small":12,"least":-9223372036854775808}';
  expect(parseJson(text)).toEqual({
    'snapshot-id': 7279250483206658947n,
    small: 12,
    least: -9223372036854775808n,
  });
  expect(printJson(parseJson(text))).toBe(text);
});

const leaf = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.string({ unit: 'binary' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Number.isInteger(number)),
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }),
  fc.bigInt({ min: -(2n ** 64n), max: -(2n ** 53n) }),
);
const tree = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
  ),
})).value;

test('what is printed is read again as it was', () => {
  fc.assert(
    fc.property(tree, (value) => {
      expect(parseJson(printJson(value))).toStrictEqual(value);
    }),
  );
});

test('a number with a point or an exponent stays a number, however large', () => {
  expect(parseJson('[1e30, 1.5, 12345678901234567890.0, -0]')).toEqual([
    1e30,
    1.5,
    Number(12345678901234567890n),
    -0,
  ]);
});

test('undefined members are left out', () => {
  expect(printJson({ a: undefined, b: [1n] })).toBe('{"b":[1]}');
});

test.each([
  ['no JSON', '{"secret": 12,'],
  ['nothing', ''],
  ['an endless integer', '9'.repeat(1_000_000)],
  ['a deep nest', `${'['.repeat(1_000_000)}`],
  ['a deep nest that ends', `${'['.repeat(200_000)}12345678901234567890${']'.repeat(200_000)}`],
])('%s is a fault that tells nothing of the text', (_, text) => {
  let caught: unknown;
  try {
    parseJson(text);
  } catch (error) {
    caught = error;
  }
  expect(isFault(caught)).toBe(true);
  expect(String(caught)).not.toMatch(/secret|999/);
});
