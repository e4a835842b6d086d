import { existsSync } from 'node:fs';
import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAvroFile } from '../../iceberg/avroFile.ts';
import { isFault } from '../../iceberg/fault.ts';
import { readManifest, readManifestList, writeManifest, writeManifestList } from '../../iceberg/manifests.ts';
import type { ManifestEntry, ManifestFile, Value } from '../../iceberg/model.ts';
import { partitionTypes, summarizePartitions } from '../../iceberg/partition.ts';
import { manifestsOf } from '../../iceberg/plan.ts';
import { filesOf, haveThirdParty, tableAt } from './support/fixtures.ts';
import { entries, files, listed, may, schema, spec, table, target } from './support/manifestSamples.ts';

test('a manifest is read as it was written, with partitions of every type', () => {
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 4 }), (list) => {
      expect(readManifest(writeManifest(list, target), listed, table)).toEqual(list);
    }),
  );
});

test('another decoder takes the manifest, whatever the partition fields are called', async () => {
  const bytes = writeManifest(fc.sample(entries, 3), target);
  const decoder = new avsc.streams.BlockDecoder({
    parseHook: (given) => avsc.Type.forSchema(given, { wrapUnions: false }),
  });
  const rows: unknown[] = [];
  decoder.on('data', (row) => rows.push(row));
  const failed = await new Promise((resolve) => {
    decoder.on('end', resolve);
    decoder.on('error', resolve);
    decoder.end(Buffer.from(bytes));
  });
  // It has no longs beyond 2^53, and says so only once it has understood all that comes before.
  expect(String(failed ?? 'read')).toMatch(/read|precision loss/);
  const header = readAvroFile(bytes).metadata;
  expect(header).toMatchObject({
    'partition-spec-id': '7',
    'schema-id': '3',
    'format-version': '2',
    content: 'data',
  });
  expect(header['avro.schema']).toContain('"_7_x20days_x2F_xE9"');
});

const entry = (changes: Partial<ManifestEntry>): ManifestEntry => {
  const [file] = fc.sample(files, 1);
  if (!file) throw new Error('no sample');
  return { status: 'added', file, ...changes };
};
const inherited = (changes: Partial<ManifestEntry>, sequenceNumber: number) => {
  const [read] = readManifest(writeManifest([entry(changes)], target), { ...listed, sequenceNumber }, table);
  return [read?.snapshotId, read?.sequenceNumber, read?.fileSequenceNumber];
};

test('an added entry inherits what it leaves out, an existing one only in manifests of version 1', () => {
  const own = { snapshotId: 5n, sequenceNumber: 3, fileSequenceNumber: 2 };
  const id = listed.addedSnapshotId;
  expect(inherited({}, 12)).toEqual([id, 12, 12]);
  expect(inherited(own, 12)).toEqual([5n, 3, 2]);
  expect(inherited({ status: 'existing' }, 0)).toEqual([id, 0, 0]);
  expect(inherited({ status: 'existing' }, 12)).toEqual([id, undefined, undefined]);
  expect(inherited({ status: 'existing', ...own }, 12)).toEqual([5n, 3, 2]);
});

test('a manifest list is read as it was written', () => {
  const summary = fc.record({
    containsNull: fc.boolean(),
    containsNan: may(fc.boolean()),
    lowerBound: may(fc.uint8Array().map((array) => Buffer.from(array))),
    upperBound: may(fc.uint8Array().map((array) => Buffer.from(array))),
  });
  const manifests: fc.Arbitrary<ManifestFile> = fc.record({
    path: fc.webUrl(),
    length: fc.nat(),
    specId: fc.nat(),
    content: fc.constantFrom('data', 'deletes'),
    sequenceNumber: fc.nat(),
    minSequenceNumber: fc.nat(),
    addedSnapshotId: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
    addedFilesCount: fc.nat(),
    existingFilesCount: fc.nat(),
    deletedFilesCount: fc.nat(),
    addedRowsCount: fc.nat(),
    existingRowsCount: fc.nat(),
    deletedRowsCount: fc.nat(),
    partitions: may(fc.array(summary, { maxLength: 3 })),
  });
  fc.assert(
    fc.property(fc.array(manifests, { maxLength: 4 }), (list) => {
      expect(readManifestList(writeManifestList(list, { id: 1n, sequenceNumber: 2 }))).toEqual(list);
    }),
  );
});

test('the summary of partitions bounds every value and tells of NULL and NaN', () => {
  const types = partitionTypes({ id: 0, fields: spec.fields.slice(3, 8) }, [schema]);
  const of = (values: (Value | null)[]) =>
    summarizePartitions(
      values.map((value) => ({ partition: [value] })),
      [types[0]],
    );
  const float = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    return bytes;
  };
  expect(of([1.5, null, Number.NaN, -2])).toEqual([
    { containsNull: true, containsNan: true, lowerBound: float(-2), upperBound: float(1.5) },
  ]);
  expect(of([null])).toEqual([
    { containsNull: true, containsNan: false, lowerBound: undefined, upperBound: undefined },
  ]);
});

test('what is no manifest of the table is refused', () => {
  const bytes = writeManifest([entry({})], target);
  const list = writeManifestList([listed], { id: 1n, sequenceNumber: 2 });
  const faults = [
    () => readManifest(bytes, { ...listed, specId: 8 }, table),
    () => readManifest(list, listed, table),
    () => readManifestList(bytes),
  ];
  for (const work of faults) {
    let caught: unknown;
    try {
      work();
    } catch (error) {
      caught = error;
    }
    expect(isFault(caught)).toBe(true);
  }
});

describe.skipIf(!haveThirdParty)('manifests of other writers', () => {
  const tables = filesOf('{duckdb-iceberg,icebird}/**/*.metadata.json').filter(
    (path) => !/t1\/metadata\/v[12]\./.test(path),
  );

  test('all are written again as they were read', async () => {
    let seen = 0;
    for (const path of tables) {
      const { table: one, storage, local } = tableAt(path);
      // The files of one early snapshot were not kept by those who published the table.
      const kept = one.snapshots.filter(
        ({ manifestList }) => !manifestList || existsSync(local(manifestList)),
      );
      expect(kept.length).toBeGreaterThanOrEqual(one.snapshots.length - 1);
      for (const snapshot of kept) {
        const manifests = await manifestsOf(storage, snapshot);
        const known = { id: snapshot.id, sequenceNumber: 1 };
        const full = manifests.map((manifest) => ({
          ...manifest,
          addedSnapshotId: BigInt.asIntN(64, manifest.addedSnapshotId),
          addedFilesCount: manifest.addedFilesCount ?? 0,
          existingFilesCount: manifest.existingFilesCount ?? 0,
          deletedFilesCount: manifest.deletedFilesCount ?? 0,
          addedRowsCount: manifest.addedRowsCount ?? 0,
          existingRowsCount: manifest.existingRowsCount ?? 0,
          deletedRowsCount: manifest.deletedRowsCount ?? 0,
        }));
        expect(readManifestList(writeManifestList(full, known)), path).toEqual(full);
        for (const manifest of manifests) {
          const read = readManifest(await storage.get(manifest.path), manifest, one);
          const own = one.specs.find(({ id }) => id === manifest.specId) ?? spec;
          const again = writeManifest(read, { ...target, spec: own, schemas: one.schemas });
          expect(readManifest(again, manifest, one), path).toEqual(read);
          seen += read.length;
        }
      }
    }
    expect(tables.length).toBeGreaterThan(60);
    expect(seen).toBeGreaterThan(100);
  });
});
