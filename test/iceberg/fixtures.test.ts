import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isFault } from '../../iceberg/fault.ts';
import { readManifestList } from '../../iceberg/manifests.ts';
import { parseMetadata, readMetadata } from '../../iceberg/metadata.ts';
import { bytesAt, filesOf, haveThirdParty, jsonAt, tableAt } from './support/fixtures.ts';
import { goldenCell, rowsOf, selectOf, sorted } from './support/rows.ts';
import { type TestEngine, testEngine } from './support/testEngine.ts';

interface Golden {
  metadata: string;
  rows: number;
  data?: Record<string, unknown>[];
}

const goldens = filesOf('golden*/*.json').map((path) => ({ path, golden: jsonAt<Golden>(path) }));
const metadataOf = ({ metadata }: Golden) => metadata.replace(/^data\/persistent\//, 'duckdb-iceberg/');

describe.skipIf(!haveThirdParty)('tables of other writers', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await testEngine();
  });
  afterAll(() => engine.close());

  const count = async (path: string, snapshotId?: bigint, where = 'true') => {
    const { sql } = await selectOf(engine, tableAt(path), { snapshotId });
    const [row] = await engine.query(`SELECT count(*) AS n FROM (${sql}) WHERE ${where}`);
    return Number(row?.n);
  };

  test('there are goldens', () => {
    expect(goldens.length).toBe(29);
  });

  test.each(goldens)('$path: the rows are those that another reader saw', async ({ golden }) => {
    const fixture = tableAt(metadataOf(golden));
    if (!golden.data) return expect(await count(metadataOf(golden))).toBe(golden.rows);
    const { fields } = await selectOf(engine, fixture);
    const expected = golden.data.map((row) => fields.map((field) => goldenCell(row[field.name], field)));
    expect(await rowsOf(engine, fixture)).toEqual(sorted(expected));
    expect(expected.length).toBe(golden.rows);
  });

  const mytable = 'duckdb-iceberg/equality_deletes/warehouse/mydb';
  test.each([
    [`${mytable}/mytable/metadata/v7.metadata.json`, `${mytable}/mytable`],
    [`${mytable}/mytable_partitioned/metadata/v6.metadata.json`, `${mytable}/mytable_partitioned`],
    [
      'duckdb-iceberg/equality_delete_cross_partition/warehouse/ns/t/metadata/vfinal.metadata.json',
      'duckdb-iceberg/equality_delete_cross_partition/warehouse/ns/t',
    ],
    [
      'duckdb-iceberg/iceberg_v1_repro/repro/merch_v1/metadata/00003-8d01e4aa-d143-49c9-898e-b5e477577b70.metadata.json',
      'duckdb-iceberg/iceberg_v1_repro/repro/merch_v1 @00003',
    ],
  ])('%s: equality deletes and version 1 are as expected', async (path, key) => {
    const expected = jsonAt<Record<string, { rows: unknown[][]; cols: string[] }>>('EXPECTED.json')[key];
    const fixture = tableAt(path);
    const { fields } = await selectOf(engine, fixture);
    // `x` stands for a column whose name the expectation leaves open.
    expect(fields.map(({ name }, i) => (expected?.cols[i] === 'x' ? 'x' : name))).toEqual(expected?.cols);
    const cells = expected?.rows.map((row) => row.map((cell) => (cell === null ? null : String(cell)))) ?? [];
    expect(cells.length).toBeGreaterThan(1);
    expect(await rowsOf(engine, fixture)).toEqual(sorted(cells));
  });

  test('columns that are not asked for change nothing, even those that deletes are about', async () => {
    const fixture = tableAt(`${mytable}/mytable/metadata/v7.metadata.json`);
    expect(await rowsOf(engine, fixture, { columns: ['name'] })).toEqual([['d'], ['e']]);
  });

  test('a partition column that is not in the file comes from the manifest', async () => {
    const [path = ''] = filesOf('duckdb-iceberg/partition_timestamptz/**/00001-*.metadata.json');
    expect(await rowsOf(engine, tableAt(path), { columns: ['partition_col'] })).toEqual([
      [String(Date.parse('2023-05-15T14:30:45Z') * 1000)],
      [String(Date.parse('2023-08-22T09:15:20Z') * 1000)],
    ]);
  });

  const t1 = 'duckdb-iceberg/name_mapping/warehouse_1/mydb/t1/metadata';
  test.each([
    ['v3', 6597550917742534971n, 'v1 IS NOT NULL'],
    ['v3.1', 6597550917742534971n, 'v1 IS NULL'],
    ['v7', 2651609110244230974n, 'v1 IS NULL'],
  ])('files without field ids are read by the name mapping of %s', async (version, snapshotId, where) => {
    expect(await count(`${t1}/${version}.metadata.json`, snapshotId, where)).toBe(10_000);
    expect(await count(`${t1}/${version}.metadata.json`, snapshotId)).toBe(10_000);
  });

  test.each([
    ['v2', 21],
    ['v3', 21],
    ['v4', 15],
    ['v5', 15],
  ])('every metadata file of a table tells its own moment: %s', async (version, rows) => {
    expect(await count(`icebird/hyperparam-iceberg/java/bunnies/metadata/${version}.metadata.json`)).toBe(
      rows,
    );
  });

  const refusal = async (work: () => unknown) => {
    try {
      await work();
    } catch (error) {
      return isFault(error) ? `${error.code}: ${error.message}` : `not a fault: ${String(error)}`;
    }
    return 'taken';
  };

  test('deletion vectors are refused by name', async () => {
    const [path = ''] = filesOf('duckdb-iceberg/legacy_bare_deletion_vector/**/00002-*.metadata.json');
    expect(await refusal(() => selectOf(engine, tableAt(path)))).toBe(
      'unsupported: the table uses deletion vectors, which is not supported',
    );
  });

  test('encrypted manifest lists are refused by name', async () => {
    const bytes = bytesAt('iceberg-rust/manifests_lists/manifest-list-v3-encrypted.avro');
    expect(await refusal(() => readManifestList(bytes))).toBe(
      'unsupported: the table uses encryption, which is not supported',
    );
  });

  test.each([
    [
      'UnsupportedVersion',
      'unsupported: the table uses a format version other than 1, 2 and 3, which is not supported',
    ],
    ['V2MissingSchemas', 'malformed: metadata.schemas is not a list'],
    ['V2MissingSortOrder', 'malformed: metadata.default-sort-order-id is not an integer'],
    ['V1Valid', 'taken'],
    ['V2Valid', 'taken'],
    ['V2ValidMinimal', 'taken'],
    ['V3ValidMinimal', 'taken'],
  ])('metadata %s: %s', async (name, expected) => {
    const bytes = bytesAt(`iceberg-java/table_metadata/TableMetadata${name}.json`);
    expect(await refusal(() => readMetadata(parseMetadata(bytes)))).toBe(expected);
  });

  test('a snapshot that is not there is an error of its own', async () => {
    const fixture = tableAt(`${t1}/v7.metadata.json`);
    expect(await refusal(() => selectOf(engine, fixture, { snapshotId: 1n }))).toBe(
      'snapshotNotFound: the snapshot is not in the table: it never was, or it has expired',
    );
  });
});
