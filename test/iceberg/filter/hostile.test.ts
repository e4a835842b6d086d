import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileFilter } from '../../../iceberg/filter/compile.ts';
import { isFilterFault } from '../../../iceberg/filter/issue.ts';
import { type LockedEngine, lockedEngine } from '../support/lockedEngine.ts';
import { allowed, piece, refused } from './hostileFilters.ts';
import { scope } from './support.ts';

let engine: LockedEngine;
beforeAll(async () => {
  engine = await lockedEngine();
});
afterAll(() => engine.end());

const compiled = async (text: string) => {
  try {
    return { sql: (await compileFilter(engine, text, scope)).sql };
  } catch (error) {
    if (!isFilterFault(error)) throw error;
    return { refused: error.message };
  }
};

test('there are as many hostile filters as the specification lists, and more', () => {
  expect(refused.length).toBeGreaterThanOrEqual(81);
});

test.each(refused.map((text) => [text.slice(0, 100), text]))('refused: %s', async (_, text) => {
  expect(await compiled(text)).toEqual({ refused: expect.any(String) });
});

test.each([
  ["u = e'\\x41'", "(c5 = 'A')"],
  [`${'('.repeat(5000)}flag${')'.repeat(5000)}`, 'c6'],
  ['id = 1 WINDOW w AS ()', '(c1 = 1)'],
  ["u = ''';DROP TABLE t;--'", "(c5 = ''';DROP TABLE t;--')"],
  ['"Weird ""name""" = 1', '(c15 = 1)'],
  ['"id" = 1\n', '(c1 = 1)'],
  ["main.lower(u) = 'x'", "(lower(c5) = 'x')"],
])('harmless once it is printed again: %s', async (text, sql) => {
  expect(await compiled(text)).toEqual({ sql });
});

test('whatever is written, it is refused or nothing but columns, constants and known functions remains', async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { minLength: 1, maxLength: 9 }),
      fc.boolean(),
      async (pieces, wrapped) => {
        const text = wrapped ? `id > 1 and ${pieces.join(' ')}` : pieces.join(' ');
        const result = await compiled(text);
        if (!('sql' in result) || result.sql === undefined) return;
        taken++;
        const words = result.sql.replaceAll(/'(?:[^']|'')*'/g, '').match(/[A-Za-z_]\w*/g) ?? [];
        expect(words.filter((word) => !/^c\d+$/.test(word) && !allowed.has(word))).toEqual([]);
      },
    ),
    { numRuns: 1500 },
  );
  expect(taken).toBeGreaterThan(5);
});
