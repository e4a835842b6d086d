import { expect, test } from 'vitest';
import type { JsonObject } from '../../iceberg/json64.ts';
import { applyUpdates, holds } from '../../iceberg/update.ts';

const big = 7279250483206658947n;
const written = { metadataLocation: 'old.json', now: 50 };
const table: JsonObject = {
  'table-uuid': 'u',
  'last-sequence-number': 2,
  'last-updated-ms': 40,
  'current-snapshot-id': big,
  refs: { main: { type: 'branch', 'snapshot-id': big }, old: { type: 'tag', 'snapshot-id': 1 } },
  snapshots: [{ 'snapshot-id': 1 }, { 'snapshot-id': big }],
  'snapshot-log': [
    { 'timestamp-ms': 1, 'snapshot-id': 1 },
    { 'timestamp-ms': 2, 'snapshot-id': big },
  ],
  statistics: [{ 'snapshot-id': 1 }],
};

test.each<[boolean, Parameters<typeof holds>[0]]>([
  [true, { type: 'assert-table-uuid', uuid: 'u' }],
  [false, { type: 'assert-table-uuid', uuid: 'v' }],
  [true, { type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': big }],
  [false, { type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': big + 1n }],
  [false, { type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': null }],
  [true, { type: 'assert-ref-snapshot-id', ref: 'old', 'snapshot-id': 1n }],
  [true, { type: 'assert-ref-snapshot-id', ref: 'none', 'snapshot-id': null }],
])('what a commit requires holds or not: %s, row %#', (expected, requirement) => {
  expect(holds(requirement, table)).toBe(expected);
});

test.each([-1, null, undefined])('a table whose current snapshot is %s has none', (current) => {
  const empty: JsonObject = { ...table, refs: {} };
  if (current === undefined) delete empty['current-snapshot-id'];
  else empty['current-snapshot-id'] = current;
  const requirement = { type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': null } as const;
  expect(holds(requirement, empty)).toBe(true);
});

test('a snapshot becomes the head, and the metadata before is remembered', () => {
  const snapshot = { 'snapshot-id': 9, 'sequence-number': 3, 'timestamp-ms': 60 };
  const after = applyUpdates(
    table,
    [
      { action: 'add-snapshot', snapshot },
      { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': 9n },
    ],
    written,
  );
  expect(after).toMatchObject({
    ...{ 'current-snapshot-id': 9n, 'last-sequence-number': 3, 'last-updated-ms': 60 },
    'metadata-log': [{ 'timestamp-ms': 40, 'metadata-file': 'old.json' }],
    'snapshot-log': [{}, {}, { 'timestamp-ms': 60, 'snapshot-id': 9n }],
    refs: { main: { type: 'branch', 'snapshot-id': 9n }, old: { 'snapshot-id': 1 } },
  });
  expect(after.snapshots).toEqual([{ 'snapshot-id': 1 }, { 'snapshot-id': big }, snapshot]);
});

test('snapshots that go take their statistics and the history up to them along', () => {
  const after = applyUpdates(table, [{ action: 'remove-snapshots', 'snapshot-ids': [1n] }], written);
  expect(after).toMatchObject({
    snapshots: [{ 'snapshot-id': big }],
    'snapshot-log': [{ 'snapshot-id': big }],
    statistics: [],
  });
  expect(table.snapshots).toHaveLength(2);
});

test('a sequence number that is not new, and a head that is not there, are refused', () => {
  const old = { 'snapshot-id': 9, 'sequence-number': 2, 'timestamp-ms': 60 };
  expect(() => applyUpdates(table, [{ action: 'add-snapshot', snapshot: old }], written)).toThrow(
    'sequence number',
  );
  const head = { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': 5n } as const;
  expect(() => applyUpdates(table, [head], written)).toThrow('not there');
});

test('only so many versions of the metadata are remembered as the table wants', () => {
  const properties = { 'write.metadata.previous-versions-max': '2' };
  let changed: JsonObject = { ...table, properties };
  for (const place of ['a', 'b', 'c'])
    changed = applyUpdates(changed, [], { metadataLocation: place, now: 60 });
  expect(changed['metadata-log']).toMatchObject([{ 'metadata-file': 'b' }, { 'metadata-file': 'c' }]);
});
