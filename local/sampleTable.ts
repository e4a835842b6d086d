import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folders, openDuckDb } from '../adapters/duckdb/engine.ts';
import { catalogWorld } from '../adapters/iceberg/catalogs.ts';
import { commitRun } from '../iceberg/commitLoop.ts';
import { copySql } from '../iceberg/copySql.ts';
import { isFault } from '../iceberg/fault.ts';
import type { Field, PrimitiveType } from '../iceberg/model.ts';
import { typeName } from '../iceberg/schema.ts';
import { dataFileOfStats } from '../iceberg/stats.ts';

/** Where the sample's rows lie; its process is told in the environment which catalogs there are. */
const table = { namespace: ['sample'], name: 'patients' };
/** The same at every start: the rows are committed once. */
const runId = '00000000-0000-8000-8000-000000000001';
const description = join(import.meta.dirname, 'sample', 'sample.json');
const rows = join(import.meta.dirname, 'sample', 'baseline.csv');
const megabyte = 1024 * 1024;
const patience = 60_000;

type Column = Field & { type: PrimitiveType };
const { features }: { features: string[] } = JSON.parse(await readFile(description, 'utf8'));
const columns = ['patient_id', ...features].map(
  (name, i): Column => ({ id: i + 1, name, required: false, type: { type: i === 0 ? 'long' : 'double' } }),
);

const work = await mkdtemp(join(tmpdir(), 'sample-'));
const until = Date.now() + patience;
const engine = await openDuckDb(work, {
  ...{ memoryBytes: 256 * megabyte, spillBytes: megabyte, threads: 1 },
  timeLeft: () => until - Date.now(),
});
try {
  await make();
} finally {
  engine.close();
  await rm(work, { recursive: true, force: true });
}

/** A table whose rows have an id each, so that predictions can be told apart. */
async function make(): Promise<void> {
  const world = catalogWorld('iceberg');
  const fields = columns.map(({ id, name, required, type }) => ({
    id,
    name,
    required,
    type: typeName(type),
  }));
  await world.catalog
    .create(table, {
      schema: { type: 'struct', 'schema-id': 0, fields },
      'partition-spec': { 'spec-id': 0, fields: [] },
      properties: { 'format-version': '2' },
    })
    .catch((error) => {
      if (!isFault(error) || error.code !== 'tableExists') throw error;
    });
  await commitRun(world, {
    ...{ table, runId, properties: {}, deadline: until },
    change: async ({ metadata }) => {
      const [written] = await engine.copy(await copyOfRows());
      if (!written) throw new Error('the sample has no rows');
      const path = `${metadata.location}/data/${runId}.parquet`;
      await world.storage.put(path, await readFile(written.path));
      return { added: [dataFileOfStats(written, { path, specId: 0, partition: [], columns })] };
    },
  });
}

async function copyOfRows(): Promise<string> {
  const { in: from, out } = folders(work);
  const csv = join(from, 'rows.csv');
  await copyFile(rows, csv);
  const wanted = [
    'row_number() OVER () AS patient_id',
    ...features.map((name) => `"${name}"::DOUBLE AS "${name}"`),
  ];
  return copySql(`SELECT ${wanted.join(', ')} FROM read_csv('${csv}')`, {
    to: join(out, 'rows.parquet'),
    fieldIds: new Map(columns.map(({ name, id }) => [name, id])),
  });
}
