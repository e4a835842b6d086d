import { expect, test } from 'vitest';
import { newMetadata, newTarget } from '../../iceberg/createTable.ts';
import { readMetadata } from '../../iceberg/metadata.ts';
import type { PrimitiveType, Value } from '../../iceberg/model.ts';
import { transformed } from '../../iceberg/transform.ts';
import { micros } from './support/tables.ts';

const columns = {
  entity: [
    { name: 'Customer', type: { type: 'long' } },
    { name: 'price', type: { type: 'decimal', precision: 9, scale: 2 } },
  ],
  outputs: [{ name: 'prediction', type: { type: 'double' } }],
} as const;

test.each([
  ['day', 'scored_at_day'],
  ['hour', 'scored_at_hour'],
  ['identity', 'scored_at'],
] as const)('a target is told apart by the %s of its slot, in format version 2', (partition, field) => {
  const request = newTarget({ ...columns, partition });
  const table = readMetadata(newMetadata({ ...request, location: 's3://w/t' }, 'u', 7));
  expect(table).toMatchObject({
    ...{ formatVersion: 2, tableUuid: 'u', location: 's3://w/t', lastUpdatedMs: 7, snapshots: [], refs: {} },
    ...{ lastColumnId: 6, lastPartitionId: 1000, currentSnapshotId: undefined },
    specs: [{ id: 0, fields: [{ id: 1000, sourceId: 6, name: field, transform: partition }] }],
  });
  expect(
    table.schemas[0]?.fields.map(({ id, name, type, required }) => [id, name, type.type, required]),
  ).toEqual([
    [1, 'Customer', 'long', false],
    [2, 'price', 'decimal', false],
    [3, 'prediction', 'double', false],
    [4, 'model_version', 'string', false],
    [5, 'run_id', 'string', false],
    [6, 'scored_at', 'timestamptz', false],
  ]);
  expect(table.properties['format-version']).toBeUndefined();
});

test.each([
  ['two columns of one name', [{ name: 'Prediction', type: { type: 'long' } }]],
  ['a column of our own', [{ name: 'RUN_ID', type: { type: 'long' } }]],
  ['a nested column', [{ name: 'a', type: { type: 'other', name: 'struct' } }]],
] as const)('a target with %s is refused', (_, entity) => {
  expect(() => newTarget({ ...columns, entity, partition: 'day' })).toThrow(
    expect.objectContaining({ code: 'refused' }),
  );
});

const at = micros('2017-11-16T22:31:08Z');
const timestamp: PrimitiveType = { type: 'timestamptz' };
test.each<[string, PrimitiveType, Value | null, Value | null | undefined]>([
  ['year', timestamp, at, 47],
  ['month', timestamp, at, 574],
  ['day', timestamp, at, 17486],
  ['hour', timestamp, at, 419686],
  ['hour', { type: 'timestamp_ns' }, at * 1000n, 419686],
  ['month', { type: 'date' }, 17486, 574],
  ['truncate[10]', { type: 'int' }, -1, -10],
  ['truncate[10]', { type: 'long' }, 9n, 0n],
  ['truncate[50]', { type: 'decimal', precision: 9, scale: 2 }, 1065n, 1050n],
  ['truncate[3]', { type: 'string' }, 'iceberg', 'ice'],
  ['truncate[1]', { type: 'string' }, '\u{1f600}a', '\u{1f600}'],
  ['identity', timestamp, at, at],
  ['day', timestamp, null, null],
  ['truncate[3]', { type: 'string' }, null, null],
  ['bucket[16]', timestamp, at, undefined],
  ['void', timestamp, at, undefined],
  ['day', timestamp, -1n, undefined],
])('a value goes to the partition of the specification: %s, row %#', (transform, type, value, expected) => {
  expect(transformed(transform, type, value)).toEqual(expected);
});
