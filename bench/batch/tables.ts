import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runFilesIn } from '../../adapters/batch/runFiles.ts';
import { icebergWorld } from '../../adapters/iceberg/world.ts';
import { committedRun } from '../../functions/kit/batch/run/commit.ts';
import { withEngineUntil } from '../../functions/kit/batch/run/engine.ts';
import { scoredPart } from '../../functions/kit/batch/run/part.ts';
import { plannedRun } from '../../functions/kit/batch/run/planning.ts';
import type { BatchWorld, Definition, PlanWorld } from '../../functions/kit/batch/run/world.ts';
import { commitRun } from '../../iceberg/commitLoop.ts';
import type { DataFile } from '../../iceberg/model.ts';
import type { Storage } from '../../iceberg/ports.ts';
import type { Model } from '../../scoring/model.ts';

export const names = Array.from({ length: 8 }, (_, i) => `x${i}`);
export const fileCount = 4;
const place = (table: string) => ({ catalog: 'iceberg', schema: 'bench', table });
const name = { namespace: ['bench'], name: 'source' };
const far = Date.now() + 3_600_000;

export interface Timed {
  seconds: number;
  /** Seconds of all cores together: what a shared machine does not change. */
  cpu: number;
}

/** What one run asked of the storage. */
export interface Asked {
  gets: number;
  puts: number;
  /** Of data files, as they came. */
  bytes: number;
}

/** Tables below a folder, and what is asked of their storage. */
export function tablesIn(root: string) {
  const world = icebergWorld({ type: 'file', warehouse: join(root, 'tables') });
  const asked: Asked = { gets: 0, puts: 0, bytes: 0 };
  const { storage: plain } = world;
  const storage: Storage = {
    ...plain,
    async get(path, range) {
      const bytes = await plain.get(path, range);
      asked.gets++;
      if (path.endsWith('.parquet')) asked.bytes += bytes.length;
      return bytes;
    },
    size: (path) => {
      asked.gets++;
      return plain.size(path);
    },
    put: (path, bytes, options) => {
      asked.puts++;
      return plain.put(path, bytes, options);
    },
  };
  return { root, world: { ...world, storage }, asked };
}
export type Tables = ReturnType<typeof tablesIn>;

/** A table of so many rows of doubles, some of them NULL, in a few files; the folder of the files. */
export async function makeSource({ root, world }: Tables, rows: number): Promise<string> {
  const fields = ['id', ...names].map((column, i) => ({
    ...{ id: i + 1, name: column, required: false },
    type: i === 0 ? 'long' : 'double',
  }));
  await world.catalog.create(name, {
    schema: { type: 'struct', 'schema-id': 0, fields },
    'partition-spec': { 'spec-id': 0, fields: [] },
    properties: { 'format-version': '2' },
  });
  const folder = join(root, 'tables/bench/source/data');
  mkdirSync(folder, { recursive: true });
  const added: DataFile[] = [];
  await withEngineUntil(far)(async (engine, work) => {
    for (let file = 0; file < fileCount; file++) {
      const [from, to] = [file, file + 1].map((i) => Math.floor((rows * i) / fileCount));
      const columns = names.map(
        (column, k) => `CASE WHEN i % 20 = ${k} THEN NULL ELSE sin(i * ${k + 1.37}) * 2 END AS ${column}`,
      );
      const ids = fields.map((field) => `${field.name}: ${field.id}`).join(', ');
      const out = join(work, 'out/source.parquet');
      const [written] = await engine.copy(
        `COPY (SELECT CAST(i AS BIGINT) AS id, ${columns.join(', ')} FROM range(${from}, ${to}) t(i)) TO '${out}' ` +
          `(FORMAT parquet, COMPRESSION zstd, FIELD_IDS {${ids}}, RETURN_STATS)`,
      );
      const path = join(folder, `${file}.parquet`);
      await world.storage.put(path, readFileSync(out));
      const recordCount = written?.rows ?? 0;
      added.push({
        content: 'data',
        path,
        format: 'parquet',
        specId: 0,
        partition: [],
        recordCount,
        sizeBytes: statSync(path).size,
      });
    }
  });
  await commitRun(world, {
    table: name,
    runId: 'source',
    properties: {},
    change: () => ({ added }),
    deadline: far,
  });
  return folder;
}

/** One run from plan to commit. */
export async function timed(
  { root, world, asked }: Tables,
  model: Model,
  { table, rows }: { table: string; rows: number },
): Promise<Timed & Asked> {
  const run_id = randomUUID();
  const run = { project_id: run_id, deployment_id: run_id, run_id, scheduled_at: '2026-01-01T00:00:00Z' };
  const definition: Definition = {
    ...{ source: place('source'), target: place(table), entity_columns: ['id'], schedule: null },
    ...{ rerun_behavior: 'overwrite_partition', partition_column: 'scored_at' },
  };
  const around: BatchWorld & PlanWorld = {
    catalog: () => world,
    files: runFilesIn(world.storage, join(root, 'tables'), run_id),
    withEngine: withEngineUntil(far),
    model: async () => model,
    described: async () => model,
    newId: randomUUID,
    recorded: async () => undefined,
    deadline: far,
  };
  Object.assign(asked, { gets: 0, puts: 0, bytes: 0 });
  const start = performance.now();
  const before = process.cpuUsage();
  const plan = await plannedRun(around, run, { definition, scored: { id: 'm', version: '1', sha256: '' } });
  for (let part = 0; part < plan.parts.count; part++) {
    const { reason } = await scoredPart(around, run, plan, part);
    if (reason) throw new Error(reason);
  }
  const done = await committedRun(around, run, plan);
  if (!('committed' in done) || done.committed.rows_scored !== rows)
    throw new Error('the run did not score every row');
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6, ...asked };
}
