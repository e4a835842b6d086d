import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFault } from '../../../iceberg/fault.ts';
import { parseFilter } from '../../../iceberg/filter/parse.ts';
import { resolve } from '../../../iceberg/filter/resolve.ts';
import { sparkFilter } from '../../../iceberg/spark/filter.ts';
import { type LockedEngine, lockedEngine } from '../support/lockedEngine.ts';
import { fields, scope } from './support.ts';

let engine: LockedEngine;
beforeAll(async () => {
  engine = await lockedEngine();
});
afterAll(() => engine.end());

const nameOf = (column: string) => fields.find(({ id }) => column === `c${id}`)?.name ?? '?';
async function printed(text: string): Promise<string> {
  const { expression } = await parseFilter(engine, text);
  return sparkFilter(resolve(expression, scope).expression, nameOf);
}

test.each([
  ['id > 5 and u is not null', '((`id` > 5) AND (`u` IS NOT NULL))'],
  ['id in (1, 2) or not flag', '((`id` IN (1, 2)) OR (NOT `flag`))'],
  ['id not in (1, 2)', '(NOT (`id` IN (1, 2)))'],
  ['id between 1 and 10', '(`id` BETWEEN 1 AND 10)'],
  ['u is distinct from null', '(NOT (`u` <=> NULL))'],
  ['price > 12.50', "(`price` > CAST('12.50' AS DECIMAL(4, 2)))"],
  ['f2 > 1e3', "(`f2` > CAST('1000' AS DOUBLE))"],
  ["u = 'it''s \\ 100'", "(`u` = 'it\\'s \\\\ 100')"],
  ["day >= date '2026-01-01'", "(`day` >= CAST('2026-01-01' AS DATE))"],
  ['tz < now()', "(`tz` < CAST('2026-11-20T06:00:00.000000+00' AS TIMESTAMP))"],
  ['case when flag then id else n end > 3', '((CASE WHEN `flag` THEN `id` ELSE `n` END) > 3)'],
  ['not isnan(f2)', "(NOT (`f2` = CAST('NaN' AS DOUBLE)))"],
  ['abs(n) * 2 - id < 7', '(((abs(`n`) * 2) - `id`) < 7)'],
])('%s is for Spark %s', async (text, spark) => {
  expect(await printed(text)).toBe(spark);
});

test.each([
  ['id / 2 > 1', 'a function'],
  ['cast(f2 as integer) = 1', 'a cast'],
  ['try_cast(u as double) > 1', 'a cast'],
  ["u like 'a%'", 'a function'],
  ["regexp_matches(u, '^a')", 'a function'],
  ["lower(u) = 'x'", 'a function'],
  ['id = 170141183460469231731687303715884105727', 'a number'],
])('%s is left to our own engine: %s differs', async (text, what) => {
  const refused = await printed(text).catch((error) => error);
  expect(isFault(refused) && refused.message).toBe(`${what} of the filter means something else in Spark`);
});

test('a name that holds a backtick stays one name', async () => {
  const { expression } = await parseFilter(engine, 'id = 1');
  expect(sparkFilter(resolve(expression, scope).expression, () => 'a` = 1 OR `b')).toBe(
    '(`a`` = 1 OR ``b` = 1)',
  );
});
