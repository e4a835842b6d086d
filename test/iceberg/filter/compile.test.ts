import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileFilter } from '../../../iceberg/filter/compile.ts';
import { isFilterFault } from '../../../iceberg/filter/issue.ts';
import { parseFilter } from '../../../iceberg/filter/parse.ts';
import { type LockedEngine, lockedEngine } from '../support/lockedEngine.ts';
import { fields, scope } from './support.ts';

let engine: LockedEngine;
beforeAll(async () => {
  engine = await lockedEngine();
});
afterAll(() => engine.end());

const slotText = "CAST('2026-11-20T06:00:00.000000+00' AS TIMESTAMP WITH TIME ZONE)";
const ordinary: [string, string][] = [
  ['id > 5', '(c1 > 5)'],
  ['ID = 5', '(c1 = 5)'],
  ['Amount > amount', '(c16 > c17)'],
  ["f2 >= 1.5 and u = 'x'", "(((c4 - 0) >= 1.5) AND (c5 = 'x'))"],
  ['id > 1 or id < 0 or flag', '((c1 > 1) OR (c1 < 0) OR c6)'],
  ['not flag', '(NOT c6)'],
  ['flag is true', "(CAST(c6 AS BOOLEAN) IS NOT DISTINCT FROM CAST('t' AS BOOLEAN))"],
  ['id is null', '(c1 IS NULL)'],
  ['id is not null', '(c1 IS NOT NULL)'],
  ['id in (1, 2, -3)', '(c1 IN (1, 2, -3))'],
  ["u not in ('a', 'b''c')", "(c5 NOT IN ('a', 'b''c'))"],
  ['id between 1 and 10', '(c1 BETWEEN 1 AND 10)'],
  ["u like 'a%' or u not ilike '%b'", "((c5 ~~ 'a%') OR (c5 !~~* '%b'))"],
  ["u like 'a!%' escape '!'", "like_escape(c5, 'a!%', '!')"],
  ["regexp_matches(lower(u), '^a+$')", "regexp_matches(lower(c5), '^a+$')"],
  ["day >= '2026-01-01'", "(c7 >= '2026-01-01')"],
  ["ts < timestamp '2026-01-01 10:00:00'", "(c9 < CAST('2026-01-01 10:00:00' AS TIMESTAMP))"],
  [
    'tz > now() - interval 7 day',
    `(c10 > (${slotText} - to_days(CAST(trunc(CAST(7 AS DOUBLE)) AS INTEGER))))`,
  ],
  ['ts <= current_timestamp', `(c9 <= ${slotText})`],
  ['day = current_date', "(c7 = CAST('2026-11-20' AS DATE))"],
  ['day = today()', "(c7 = CAST('2026-11-20' AS DATE))"],
  ['extract(year from day) = 2026', "(date_part('year', c7) = 2026)"],
  ["date_trunc('month', ts) = day", "(date_trunc('month', c9) = c7)"],
  ['price > 12.50', '(c11 > 12.50)'],
  ['cast(u as double) > 1e3', "(CAST(c5 AS DOUBLE) > CAST('1000' AS DOUBLE))"],
  ['try_cast(u as decimal(9,2)) = 1', '(TRY_CAST(c5 AS DECIMAL(9,2)) = 1)'],
  ['case when flag then id else n end > 3', '(CASE  WHEN (c6) THEN (c1) ELSE c2 END > 3)'],
  ["coalesce(u, '') <> ''", "(COALESCE(c5, '') != '')"],
  ['id % 10 = 3 and abs(n) * 2 < 7', '(((c1 % 10) = 3) AND ((abs(c2) * 2) < 7))'],
  ['not isnan(f1)', '(NOT isnan((c3 - 0)))'],
  ['id = 9223372036854775807', '(c1 = 9223372036854775807)'],
  ['id > -9223372036854775808', '(c1 > -9223372036854775808)'],
  ["key = '00000000-0000-0000-0000-000000000001'", "(c12 = '00000000-0000-0000-0000-000000000001')"],
  ["u = 'é;--/*$1'", "(c5 = 'é;--/*$1')"],
];

test.each(ordinary)('%s', async (text, sql) => {
  const compiled = await compileFilter(engine, text, scope);
  expect(compiled.sql).toBe(sql);
  expect(compiled.fieldIds).toEqual(
    [...new Set(sql.match(/\bc\d+\b/g))].map((name) => Number(name.slice(1))),
  );
});

test('what was compiled and what a later compilation of the same text gives are equal: the plan is repeatable', async () => {
  const twice = await Promise.all([1, 2].map(() => compileFilter(engine, 'tz > now() and f2 = 0.1', scope)));
  expect(twice[0]).toEqual(twice[1]);
});

test('a column comes before the clock that has its name', async () => {
  const named = [{ id: 9, name: 'current_date', required: false, type: { type: 'date' } } as const];
  const { sql } = await compileFilter(engine, "current_date = '2026-01-01'", { ...scope, fields: named });
  expect(sql).toBe("(c9 = '2026-01-01')");
});

test('a filter is checked without a table as it is sent', async () => {
  await expect(parseFilter(engine, 'anything > 1')).resolves.toBeDefined();
  await expect(parseFilter(engine, 'anything > random()')).rejects.toThrow('"random" is not allowed');
});

test.each(["u like '%a%b%c%d%e%f%'", "u like '%%%a_b%c%%'", "u ilike '%a%b%'", "u like '%a!%%b' escape '!'"])(
  '%s is evaluated quickly, however long the text is',
  async (text) => {
    const { sql } = await compileFilter(engine, text, scope);
    const started = performance.now();
    await engine.query(`SELECT ${sql} AS found FROM (VALUES (repeat('a', 5000) || repeat('b', 5000))) t(c5)`);
    expect(performance.now() - started).toBeLessThan(5_000);
  },
);

test('a list may be as long as the text allows', async () => {
  const items = (count: number) => `n IN (${Array.from({ length: count }, () => 1).join()})`;
  expect((await compileFilter(engine, items(8_000), scope)).fieldIds).toEqual([2]);
});

const positions: [string, string, number | undefined][] = [
  ['id = = 1', 'syntax error at or near "="', 6],
  ["u = 'éé' and = 1", 'syntax error at or near "="', 14],
  ["u = 'é😀' and nosuch = 1", 'no column of this name', 14],
  ['id > 1 and read_text(u) = 1', 'the function "read_text" is not allowed', 12],
  ['id > 1 and id IN (SELECT 1)', 'no subqueries', 15],
  ["id > 1 and flag = 'abc'", 'does not fit the type beside it', 19],
  ["f2 > 1 and u = 'é' and f1 = 'abc'", 'does not fit the type beside it', 29],
  ['id > 1 -- x', 'comments', 8],
  ["u = 'é' ; x", 'one expression', 9],
  ['ü = 1', 'outside of ASCII', 1],
  ['amOUNT = 1', 'several columns', 1],
  ['id = 1 and nested is null', 'of this type cannot be used', 12],
  ['id + 1', 'not a condition', undefined],
];
test.each(positions)('%s: the message says %s, the position is %s', async (text, message, position) => {
  const error = await compileFilter(engine, text, scope).catch((thrown: unknown) => thrown);
  if (!isFilterFault(error)) throw new Error('it was not refused as a filter');
  expect(error.message).toContain(message);
  expect(error.position).toBe(position);
});

test('no message holds a constant of the filter or a name of a column', async () => {
  for (const text of [
    "flag = 'secret'",
    "id = 'secret'",
    "price > 'secret'",
    'secret = 1',
    "lower('secret') > 1",
  ]) {
    const error = await compileFilter(engine, text, { ...scope, fields }).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/^IcebergFault/);
    expect(String(error)).not.toContain('secret');
  }
});

test('twenty-odd ordinary filters are compiled in milliseconds each', async () => {
  const started = performance.now();
  for (const [text] of ordinary) await compileFilter(engine, text, scope);
  const each = (performance.now() - started) / ordinary.length;
  console.error(`compiling a filter took ${each.toFixed(1)} ms`);
  expect(each).toBeLessThan(200);
});
