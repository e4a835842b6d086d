import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DataFile } from '../../iceberg/model.ts';
import { partsOf, rowsOfGroups, scansOf } from '../../iceberg/parts.ts';

const file = (changes: Partial<DataFile>): DataFile => ({
  content: 'data',
  path: 'a',
  format: 'parquet',
  specId: 0,
  partition: [],
  recordCount: 1,
  sizeBytes: 1,
  ...changes,
});

test('parts hold every row once, stay within the limits, and survive being JSON', () => {
  const scans = fc.array(
    fc.record({
      rows: fc.nat(40),
      bytes: fc.nat(40),
      key: fc.option(fc.bigInt(-(2n ** 62n), 2n ** 62n)),
      shared: fc.nat(3),
    }),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(scans, fc.integer({ min: 1, max: 20 }), (list, limit) => {
      const all = list.map(({ rows, bytes, key, shared }, i) => ({
        file: file({
          path: `f${i}`,
          specId: 1,
          partition: [key],
          recordCount: rows,
          columnSizes: new Map([
            [1, bytes],
            [2, 99],
          ]),
        }),
        sequenceNumber: 0,
        positionDeletes: [file({ content: 'positionDeletes', path: `p${shared}` })],
        equalityDeletes: [file({ content: 'equalityDeletes', path: `e${shared}`, equalityIds: [1] })],
      }));
      const types = () => [{ type: 'long' }] as const;
      const parts = partsOf(all, [1], types, { bytes: limit, rows: limit });
      const read = (JSON.parse(JSON.stringify(parts)) as typeof parts).map((part) => scansOf(part, types));
      const rows = read.map((part) => part.map((one) => one.rows ?? { from: 0, to: one.file.recordCount }));
      for (const part of rows)
        expect(part.reduce((sum, { from, to }) => sum + to - from, 0)).toBeLessThanOrEqual(limit);
      const back = read.flat();
      expect([...new Set(back.map((one) => one.file.path))]).toEqual(all.map((one) => one.file.path));
      for (const one of all) {
        const mine = back.filter((other) => other.file.path === one.file.path);
        let next = 0;
        for (const { rows: range, file: own, positionDeletes, equalityDeletes } of mine) {
          expect(range?.from ?? 0).toBe(next);
          next = range?.to ?? own.recordCount;
          expect(own.partition).toEqual(one.file.partition);
          expect(positionDeletes.map((other) => other.path)).toEqual(
            one.positionDeletes.map((other) => other.path),
          );
          expect(equalityDeletes.map((other) => other.equalityIds)).toEqual([[1]]);
        }
        expect(next).toBe(one.file.recordCount);
      }
    }),
  );
});

test('every row group belongs to one range, whatever the cuts', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 6 }),
      (groups, cuts) => {
        const total = groups.reduce((sum, rows) => sum + rows, 0);
        const bound = (i: number) => Math.floor((total * i) / cuts);
        let next = 0;
        for (let i = 0; i < cuts; i++) {
          const range = rowsOfGroups(groups, { from: bound(i), to: bound(i + 1) });
          if (!range) continue;
          expect(range.from).toBe(next);
          next = range.to;
        }
        expect(next).toBe(total);
      },
    ),
  );
});
