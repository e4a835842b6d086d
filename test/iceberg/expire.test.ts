import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newMetadata } from '../../iceberg/createTable.ts';
import { expired, expiring } from '../../iceberg/expire.ts';
import { readMetadata } from '../../iceberg/metadata.ts';
import type { TableMetadata } from '../../iceberg/model.ts';
import { target } from './support/tables.ts';

const dayMs = 86_400_000;
const now = Date.parse('2026-11-20T06:00:00Z');
const empty = readMetadata(newMetadata({ ...target, location: '/t' }, 'u', now));

/** A table with so many snapshots, one every so many milliseconds until now. */
const history = (count: number, every: number): TableMetadata => ({
  ...empty,
  snapshots: Array.from({ length: count }, (_, i) => ({
    id: BigInt(i + 1),
    sequenceNumber: i + 1,
    timestampMs: now - (count - i) * every,
    summary: {},
  })),
  refs: { main: { snapshotId: BigInt(count), type: 'branch' } },
});

test.each([
  ['the newest hundred where runs are rare', 150, dayMs, 100],
  ['those of fourteen days where runs are hourly', 1_000, dayMs / 24, 14 * 24],
  ['two thousand at most', 3_000, 60_000, 2_000],
  ['all of a short history, however old', 99, 30 * dayMs, 100],
])('a commit leaves %s', (_, count, every, left) => {
  const gone = expired(history(count, every), now);
  expect(count + 1 - gone.length).toBe(left);
  expect(gone).toEqual(Array.from({ length: gone.length }, (_, i) => BigInt(gone.length - i)));
});

test('a snapshot that a reference points at stays, and so does the head', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 5 }), (tagged) => {
      const table = history(300, dayMs);
      for (const id of tagged) table.refs[`t${id}`] = { snapshotId: BigInt(id), type: 'tag' };
      const gone = expired(table, now);
      expect(gone).toHaveLength(201 - tagged.filter((id) => id <= 201).length);
      expect(gone.filter((id) => id === 300n || tagged.includes(Number(id)))).toEqual([]);
    }),
  );
});

test('the history of a table that was not created here is its owner’s', () => {
  const table = history(3_000, dayMs);
  expect(expired({ ...table, properties: {} }, now)).toEqual([]);
  expect(table.properties[expiring]).toBe('true');
});
