import fc from 'fast-check';
import type {
  DataFile,
  ManifestEntry,
  ManifestFile,
  PartitionSpec,
  Schema,
  Value,
} from '../../../iceberg/model.ts';
import { primitiveOf } from '../../../iceberg/schema.ts';

/** Entries of a table that is partitioned by a column of every type. */
const samples: [type: string, values: fc.Arbitrary<Value>][] = [
  ['boolean', fc.boolean()],
  ['int', fc.integer()],
  ['long', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  ['float', fc.float()],
  ['double', fc.double()],
  ['date', fc.integer()],
  ['timestamptz', fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n })],
  ['string', fc.string()],
  ['uuid', fc.uuid()],
  ['decimal(9, 2)', fc.bigInt({ min: -999_999_999n, max: 999_999_999n })],
  ['decimal(38, 2)', fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n })],
  ['binary', fc.uint8Array().map((array) => Buffer.from(array))],
  ['fixed[4]', fc.uint8Array({ minLength: 4, maxLength: 4 }).map((array) => Buffer.from(array))],
];

export const schema: Schema = {
  id: 3,
  identifierFieldIds: [],
  fields: samples.map(([name], i) => ({
    id: i + 1,
    name,
    required: false,
    type: primitiveOf(name) ?? { type: 'other', name },
  })),
};
export const spec: PartitionSpec = {
  id: 7,
  fields: [
    ...samples.map(([name], i) => ({
      id: 1000 + i,
      sourceId: i + 1,
      name: `of ${name}`,
      transform: 'identity',
    })),
    { id: 1900, sourceId: 7, name: '7 days/é', transform: 'day' },
  ],
};
export const table = { schemas: [schema], specs: [spec] };
export const target = {
  content: 'data',
  spec,
  schemas: [schema],
  schemaJson: { type: 'struct', 'schema-id': 3 },
} as const;

const counts = fc.dictionary(fc.nat({ max: 99 }).map(String), fc.nat()).map((object) => {
  const pairs = Object.entries(object).map(([key, value]): [number, number] => [Number(key), value]);
  return new Map(pairs.sort(([a], [b]) => a - b));
});
const bounds = counts.map(
  (map) => new Map([...map].map(([key, value]) => [key, Buffer.from(String(value))])),
);
export const may = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });

export const files: fc.Arbitrary<DataFile> = fc.record({
  content: fc.constantFrom('data', 'positionDeletes', 'equalityDeletes'),
  path: fc.webUrl(),
  format: fc.constantFrom('parquet', 'puffin'),
  specId: fc.constant(7),
  partition: fc.tuple(...samples.map(([, values]) => fc.option(values)), fc.option(fc.integer())),
  recordCount: fc.maxSafeInteger().map(Math.abs),
  sizeBytes: fc.nat(),
  columnSizes: may(counts),
  valueCounts: may(counts),
  nullValueCounts: may(counts),
  nanValueCounts: may(counts),
  lowerBounds: may(bounds),
  upperBounds: may(bounds),
  splitOffsets: may(fc.array(fc.nat())),
  equalityIds: may(fc.array(fc.nat())),
  sortOrderId: may(fc.nat()),
  referencedDataFile: may(fc.webUrl()),
});

export const entries: fc.Arbitrary<ManifestEntry> = fc.record({
  status: fc.constantFrom('existing', 'added', 'deleted'),
  snapshotId: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
  sequenceNumber: fc.nat(),
  fileSequenceNumber: fc.nat(),
  file: files,
});

export const listed: ManifestFile = {
  path: 's3://bucket/m.avro',
  length: 10,
  specId: 7,
  content: 'data',
  sequenceNumber: 12,
  minSequenceNumber: 4,
  addedSnapshotId: 7279250483206658947n,
};
