import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conditionsOf, deploymentFields, matches } from '../../../domain/workspaces/filter.ts';
import { latestOf, lean, pageOf, sorts } from '../../../domain/workspaces/lists.ts';
import { versionOf } from '../../../domain/workspaces/version.ts';
import { idOf } from '../../../domain/workspaces/view.ts';

test.each([
  [undefined, 'latest'],
  ['', 'latest'],
  ['1', 1],
  [' 3\n', 3],
  ['+3', 3],
  ['007', 7],
  ['1_0', 10],
  ['999999', 999_999],
  ['0', 'none'],
  ['-0', 'none'],
  ['-3', 'none'],
  ['1000000', 'none'],
  ['9'.repeat(4300), 'none'],
  ['9'.repeat(4301), 'unreadable'],
  ['', 'latest'],
  [' ', 'unreadable'],
  ['1_', 'unreadable'],
  ['_1', 'unreadable'],
  ['1__0', 'unreadable'],
  ['+ 1', 'unreadable'],
  ['--1', 'unreadable'],
  ['1.0', 'unreadable'],
  ['1e3', 'unreadable'],
  ['0x1', 'unreadable'],
  ['latest', 'unreadable'],
])('version %j is %s', (text, version) => {
  expect(versionOf(text)).toBe(version);
});

const row = {
  name: 'llama-70b',
  status: 'READY',
  config: 'c',
  created_at: '2026-01-02T00:00:00Z',
  project: null,
};
test.each([
  ['filter[name]=llama-70b', true],
  ['filter[name]=llama', false],
  ['filter[name][$eq]=llama-70b', true],
  ['filter[name][$like]=ama', true],
  ['filter[name][$like]=ll%2570', true],
  ['filter[name][$like]=70%25ll', false],
  ['filter[name][$like]=LLAMA', false],
  ['filter[name][$like]=%25%', true],
  ['filter[name][$in]=x,llama-70b', true],
  ['filter[name][$in]=x&filter[name][$in]=llama-70b', true],
  ['filter[name][$in][]=llama-70b', true],
  ['filter[name][$in]=x', false],
  ['filter[name][$nin]=x', true],
  ['filter[name][$nin]=llama-70b', false],
  ['filter[status]=READY', true],
  ['filter[status]=ERROR', false],
  ['filter[status]=ERROR&filter[status]=READY', true],
  ['filter[status]=READY&filter[config]=d', false],
  ['filter[project]=', false],
  ['filter[created_at][$gte]=2026-01-02T00:00:00Z', true],
  ['filter[created_at][$gte]=2026-01-02T00:00:01Z', false],
  ['filter[created_at][$lte]=2026-01-02T02:00:00%2B02:00', true],
  ['filter[created_at][$lte]=2026-01-01', false],
  ['page=1', true],
])('%s takes the row: %s', (query, taken) => {
  const asked = conditionsOf(new URLSearchParams(query), deploymentFields);
  expect(asked.some((one) => 'type' in one)).toBe(false);
  expect(matches(row, asked as never)).toBe(taken);
});

test.each([
  'filter=x',
  'filter[nobody]=x',
  'filter[__proto__]=x',
  'filter[constructor][$eq]=x',
  'filter[status][$eq]=READY',
  'filter[created_at]=2026-01-01',
  'filter[created_at][$gte]=2026-13-01',
  'filter[name][$like][x]=a',
  'filter[name',
])('%s is refused', (query) => {
  expect(conditionsOf(new URLSearchParams(query), deploymentFields)).toMatchObject([
    { type: expect.any(String) },
  ]);
});

test('a pattern of any length is looked for in the time of one reading', () => {
  const asked = conditionsOf([['filter[name][$like]', '%a'.repeat(20_000)]], deploymentFields);
  const began = performance.now();
  expect(matches({ name: 'a'.repeat(19_999) }, asked as never)).toBe(false);
  expect(performance.now() - began).toBeLessThan(1000);
});

const item = fc.record({
  id: fc.uuid(),
  name: fc.constantFrom('a', 'b', 'c'),
  version: fc.nat(9),
  created_at: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.500000Z', '2026-01-02T00:00:00Z'),
  updated_at: fc.constant('2026-01-01T00:00:00Z'),
});
test('the pages of a list are the whole list, each row once, in order', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(item, { selector: ({ id }) => id }),
      fc.constantFrom(...sorts),
      fc.integer({ min: 1, max: 5 }),
      (all, sort, page_size) => {
        const { pagination } = pageOf(all, { page: 1, page_size, sort });
        expect(pagination.total_pages).toBe(Math.max(1, Math.ceil(all.length / page_size)));
        const pages = Array.from({ length: pagination.total_pages }, (_, i) =>
          pageOf(all, { page: i + 1, page_size, sort }),
        );
        const rows = pages.flatMap((page) => page.rows);
        expect(rows.map(({ id }) => id).toSorted()).toEqual(all.map(({ id }) => id).toSorted());
        expect(pages.reduce((sum, page) => sum + page.pagination.current_page_size, 0)).toBe(all.length);
        if (sort === '-name')
          expect(rows.map(({ name }) => name)).toEqual(
            rows
              .map(({ name }) => name)
              .toSorted()
              .reverse(),
          );
      },
    ),
  );
});

test('the latest of each name is the one of the highest version', () => {
  fc.assert(
    fc.property(fc.array(item), (all) => {
      const latest = latestOf(all);
      expect(latest.map(({ name }) => name).toSorted()).toEqual(
        [...new Set(all.map(({ name }) => name))].toSorted(),
      );
      for (const { name, version } of latest)
        expect(version).toBe(Math.max(...all.filter((one) => one.name === name).map((one) => one.version)));
    }),
  );
});

test('nulls are left out wherever they stand, but not those that a caller wrote', () => {
  const value = { a: null, b: [{ c: null, d: 1 }], override_config: { e: null } };
  expect(lean(value)).toEqual({ b: [{ d: 1 }], override_config: { e: null } });
});

test('ids of the dialect differ as the ids do', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), (a, b) => {
      expect(idOf('model-deployment', a) === idOf('model-deployment', b)).toBe(a === b);
    }),
  );
});
