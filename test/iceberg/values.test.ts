import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isFault } from '../../iceberg/fault.ts';
import type { PrimitiveType, Value } from '../../iceberg/model.ts';
import { compareValues } from '../../iceberg/order.ts';
import { primitiveOf, typeName } from '../../iceberg/schema.ts';
import { decimalText, literal, sqlType } from '../../iceberg/sqlText.ts';
import { valueFromJson } from '../../iceberg/valueJson.ts';
import { valueFromBytes, valueToBytes } from '../../iceberg/values.ts';
import { type TestEngine, testEngine } from './support/testEngine.ts';

const bits = (width: number) =>
  fc.bigInt({ min: -(2n ** BigInt(width - 1)), max: 2n ** BigInt(width - 1) - 1n });
const bytes = fc.uint8Array({ maxLength: 12 }).map((array) => Buffer.from(array));
/** A million years hold no surprise that these do not. */
const instants = fc.bigInt({ min: -60_000_000_000_000_000n, max: 200_000_000_000_000_000n });

/** Values of each type that single-value bytes, literals and the engine must agree on. */
const kinds: [string, fc.Arbitrary<Value>][] = [
  ['boolean', fc.boolean()],
  ['int', fc.integer()],
  ['long', bits(64)],
  ['float', fc.float()],
  ['double', fc.double()],
  ['date', fc.integer({ min: -700_000, max: 2_000_000 })],
  ['time', fc.bigInt({ min: 0n, max: 86_399_999_999n })],
  ['timestamp', instants],
  ['timestamptz', instants],
  ['timestamp_ns', bits(62)],
  ['string', fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))],
  ['uuid', fc.uuid()],
  ['decimal(38, 10)', fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })],
  ['decimal(9, 0)', fc.bigInt({ min: -999_999_999n, max: 999_999_999n })],
  ['binary', bytes],
  ['fixed[4]', fc.uint8Array({ minLength: 4, maxLength: 4 }).map((array) => Buffer.from(array))],
];

const typed = (name: string): PrimitiveType => {
  const type = primitiveOf(name);
  if (!type) throw new Error(name);
  return type;
};

test.each(kinds)('%s: single-value bytes are read as they were written', (name, values) => {
  const type = typed(name);
  fc.assert(
    fc.property(values, (value) => {
      expect(valueFromBytes(type, valueToBytes(type, value))).toEqual(value);
    }),
  );
  expect(typeName(type)).toBe(name);
});

test.each<[string, Value, string]>([
  ['boolean', true, '01'],
  ['int', 34, '22000000'],
  ['long', 34n, '2200000000000000'],
  ['float', -4.5, '000090c0'],
  ['double', 6, '0000000000001840'],
  ['date', 17_501, '5d440000'],
  ['timestamptz', 1n, '0100000000000000'],
  ['string', 'iceberg', '69636562657267'],
  ['uuid', 'f79c3e09-677c-4bbd-a479-3f349cb785e7', 'f79c3e09677c4bbda4793f349cb785e7'],
  ['decimal(9, 2)', 1420n, '058c'],
  ['decimal(9, 2)', -1n, 'ff'],
  ['decimal(9, 2)', 128n, '0080'],
  ['decimal(9, 2)', 0n, '00'],
])('the bytes of %s are those of the specification', (name, value, hex) => {
  expect(Buffer.from(valueToBytes(typed(name), value)).toString('hex')).toBe(hex);
  expect(valueFromBytes(typed(name), Buffer.from(hex, 'hex'))).toEqual(value);
});

test('the bound of a column that was widened since is still a bound', () => {
  const bytesOf = (name: string, value: Value) => valueToBytes(typed(name), value);
  expect(valueFromBytes(typed('long'), bytesOf('int', -7))).toBe(-7n);
  expect(valueFromBytes(typed('double'), bytesOf('float', 1.5))).toBe(1.5);
  expect(valueFromBytes(typed('timestamp'), bytesOf('date', 1))).toBe(86_400_000_000n);
  expect(valueFromBytes(typed('decimal(20, 2)'), bytesOf('decimal(9, 2)', 1420n))).toBe(1420n);
});

test.each([
  ['int', 3],
  ['long', 5],
  ['timestamptz', 4],
  ['double', 0],
  ['uuid', 4],
  ['decimal(9, 2)', 0],
  ['decimal(9, 2)', 17],
])('%s: a bound of %i bytes is refused', (name, length) => {
  let caught: unknown;
  try {
    valueFromBytes(typed(name), Buffer.alloc(length));
  } catch (error) {
    caught = error;
  }
  expect(isFault(caught)).toBe(true);
});

test.each<[string, string | number | boolean | bigint, Value]>([
  ['boolean', true, true],
  ['int', 34, 34],
  ['long', 9223372036854775807n, 9223372036854775807n],
  ['float', 0.1, Math.fround(0.1)],
  ['decimal(9, 2)', '-14.2', -1420n],
  ['date', '2017-11-16', 17_486],
  ['time', '22:31:08.123456', 81_068_123_456n],
  ['timestamp', '2017-11-16T22:31:08.123456', 1_510_871_468_123_456n],
  ['timestamptz', '2017-11-16T22:31:08.123456+00:00', 1_510_871_468_123_456n],
  ['timestamptz', '1969-12-31T23:59:59.999999+00:00', -1n],
  ['timestamp_ns', '2017-11-16T22:31:08.123456789', 1_510_871_468_123_456_789n],
  ['binary', '000102ff', Buffer.from([0, 1, 2, 255])],
])('a default of type %s: %s', (name, json, value) => {
  expect(valueFromJson(typed(name))(json, 'default')).toEqual(value);
});

test.each<[string, string | number | boolean | null]>([
  ['boolean', 1],
  ['int', 3_000_000_000],
  ['int', '1'],
  ['long', 1.5],
  ['decimal(9, 2)', '1.234'],
  ['date', '2017-13-45'],
  ['time', '2017-11-16T22:31:08'],
  ['timestamp', '2017-11-16T22:31:08+00:00'],
  ['timestamptz', '2017-11-16T22:31:08'],
  ['timestamp', '2017-11-16T22:31:08.123456789'],
  ['binary', 'abc'],
  ['uuid', 'f79c'],
  ['string', null],
])('a default of type %s is not %s', (name, json) => {
  expect(() => valueFromJson(typed(name))(json, 'default')).toThrow(/not (?:of its type|valid)/);
});

test('strings are ordered by their bytes, numbers with -0 first', () => {
  expect(compareValues('\u{ffff}', '\u{1f600}')).toBeLessThan(0);
  expect('\u{ffff}' < '\u{1f600}').toBe(false);
  expect(compareValues(-0, 0)).toBeLessThan(0);
  expect(compareValues(2n, 10n)).toBeLessThan(0);
  expect(compareValues(Buffer.of(0x7f), Buffer.of(0x80))).toBeLessThan(0);
});

describe('the engine', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await testEngine();
  });
  afterAll(() => engine.close());

  const inverse: Record<string, (cell: string) => string> = {
    date: (cell) => `CAST(date_diff('day', DATE '1970-01-01', ${cell}) AS VARCHAR)`,
    time: (cell) => `CAST(epoch_us(${cell}) AS VARCHAR)`,
    timestamp: (cell) => `CAST(epoch_us(${cell}) AS VARCHAR)`,
    timestamptz: (cell) => `CAST(epoch_us(${cell}) AS VARCHAR)`,
    timestamp_ns: (cell) => `CAST(epoch_ns(${cell}) AS VARCHAR)`,
    binary: (cell) => `lower(hex(${cell}))`,
    fixed: (cell) => `lower(hex(${cell}))`,
  };
  const expected = (type: PrimitiveType, value: Value): string => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
    if (typeof value === 'bigint' && type.type === 'decimal') return decimalText(value, type.scale);
    return String(value);
  };

  test.each(kinds)('%s: a literal is the value, and of the column type', async (name, values) => {
    const type = typed(name);
    const samples = fc.sample(values, 60);
    const cells = samples.map((value, i) => `SELECT ${i} AS i, ${literal(type, value)} AS v`);
    const text = inverse[type.type]?.('v') ?? (type.type === 'float' ? 'CAST(v AS DOUBLE)' : 'v');
    const plain = type.type === 'float' || type.type === 'double' ? text : `CAST(${text} AS VARCHAR)`;
    const rows = await engine.query(
      `SELECT typeof(v) AS t, ${plain} AS v FROM (${cells.join(' UNION ALL ')}) ORDER BY i`,
    );
    expect(rows.map(({ v }) => String(v))).toEqual(samples.map((value) => expected(type, value)));
    expect(new Set(rows.map(({ t }) => t))).toEqual(
      new Set([sqlType(type).replace('TIMESTAMPTZ', 'TIMESTAMP WITH TIME ZONE')]),
    );
    expect(await engine.query(`SELECT ${literal(type, null)} AS v`)).toEqual([{ v: null }]);
  });

  test('minus zero stays minus zero', async () => {
    const signs = ['float', 'double'] as const;
    const cells = signs.map((type) => `signbit(${literal({ type }, -0)}) AS ${type}`);
    expect(await engine.query(`SELECT ${cells.join(', ')}`)).toEqual([{ float: true, double: true }]);
  });
});

test.each<[string, Value]>([
  ['int', '1); DROP TABLE t; --'],
  ['long', 1],
  ['string', 5],
  ['boolean', 'true'],
  ['date', 1.5],
  ['uuid', 7n],
  ['binary', 'x'],
])('a %s that is something else never becomes SQL', (name, value) => {
  expect(() => literal(typed(name), value)).toThrow(/not of the type/);
});
