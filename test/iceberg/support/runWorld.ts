import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runFilesIn } from '../../../adapters/batch/runFiles.ts';
import { localStorage } from '../../../adapters/iceberg/storage.ts';
import { committedRun } from '../../../functions/kit/batch/run/commit.ts';
import { withEngineUntil } from '../../../functions/kit/batch/run/engine.ts';
import { scoredPart } from '../../../functions/kit/batch/run/part.ts';
import { type Limits, plannedRun } from '../../../functions/kit/batch/run/planning.ts';
import type { BatchRun, BatchWorld, Definition, PlanWorld } from '../../../functions/kit/batch/run/world.ts';
import type { Around } from '../../../iceberg/commitLoop.ts';
import { commitRun } from '../../../iceberg/commitLoop.ts';
import type { DataFile } from '../../../iceberg/model.ts';
import { planScan, snapshotAt } from '../../../iceberg/plan.ts';
import type { NewTable, Storage, TableName } from '../../../iceberg/ports.ts';
import { fileScan } from '../../../iceberg/read.ts';
import { primitiveOf } from '../../../iceberg/schema.ts';
import { fileScanSql } from '../../../iceberg/sql.ts';
import { compile } from '../../../scoring/compile.ts';
import type { Ir } from '../../../scoring/ir.ts';
import { load } from '../../../scoring/load.ts';
import type { Model } from '../../../scoring/model.ts';
import { around } from './tables.ts';
import { type TestEngine, testEngine } from './testEngine.ts';

export function modelOf(ir: Ir): Model {
  const loaded = load(compile(ir).predict);
  if ('recompile' in loaded) throw new Error('an image of this version asks to be compiled again');
  return loaded;
}

export const source = { catalog: 'iceberg', schema: 'crm', table: 'customers' };
export const target = { catalog: 'iceberg', schema: 'scores', table: 'churn' };
export const nameOf = ({ schema, table }: { schema: string; table: string }): TableName => ({
  namespace: [schema],
  name: table,
});

export const definition: Definition = {
  source,
  target,
  entity_columns: ['id'],
  rerun_behavior: 'overwrite_partition',
  partition_column: 'scored_at',
  schedule: '0 6 * * *',
};

/** A run of a slot; the same name is the same run. */
export function runOf(name: string, scheduled_at = '2026-11-20T06:00:00Z'): BatchRun {
  const id = `00000000-0000-8000-8000-${Buffer.from(name).toString('hex').padEnd(12, '0').slice(0, 12)}`;
  return { project_id: id, deployment_id: id, run_id: id, scheduled_at };
}

export interface RunWorld {
  root: string;
  engine: TestEngine;
  world: Around;
  of: (run: BatchRun, model: Model, more?: Partial<Around>) => BatchWorld & PlanWorld;
  /** Rows as SQL that end in a file of a table. */
  append: (table: TableName, ...selects: string[]) => Promise<void>;
  /** The live data files of a table. */
  files: (table: TableName) => Promise<DataFile[]>;
  /** A file of deletes, as far as its writer knows it. */
  deletes: (path: string, select: string, fieldIds: string) => Promise<DataFile>;
  /** All rows of the head of a table: columns by name. */
  rows: (table: TableName, snapshotId?: bigint) => Promise<Record<string, unknown>[]>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** A file catalog on a disk with an engine for looking at it. */
export async function runWorld(storageOf = (storage: Storage) => storage): Promise<RunWorld> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-batch-'));
  const engine = await testEngine();
  const storage = storageOf(localStorage(root));
  const world = around(storage, join(root, 'tables'));
  const load = async (table: TableName) => {
    const found = await world.catalog.load(table);
    if (!found) throw new Error('there is no table');
    return found;
  };
  return {
    root,
    engine,
    world,
    of: (run, model, more = {}) => ({
      catalog: () => ({ ...world, ...more }),
      files: runFilesIn(storage, root, run.run_id),
      withEngine: withEngineUntil(Date.now() + 60_000),
      model: async () => model,
      described: async () => model,
      newId: randomUUID,
      recorded: async () => undefined,
      deadline: Date.now() + 60_000,
    }),
    async append(table, ...selects) {
      const { metadata } = await load(table);
      const fields = metadata.schemas[0]?.fields ?? [];
      const ids = fields.map(({ id, name }) => `"${name}": ${id}`).join(', ');
      mkdirSync(`${metadata.location}/data`, { recursive: true });
      const added: DataFile[] = [];
      for (const select of selects) {
        const path = `${metadata.location}/data/${randomUUID()}.parquet`;
        const [counted] = await engine.query(
          `COPY (${select}) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048, FIELD_IDS {${ids}})`,
        );
        added.push({
          ...{ content: 'data', path, format: 'parquet', specId: 0 },
          // Where there are partitions they are days, and this is the day of all tests.
          partition: (metadata.specs[0]?.fields ?? []).map(() => Date.UTC(2026, 10, 20) / 86_400_000),
          recordCount: Number(counted?.Count),
          sizeBytes: statSync(path).size,
        });
      }
      const runId = randomUUID();
      await commitRun(world, {
        table,
        runId,
        properties: {},
        change: () => ({ added }),
        deadline: Date.now() + 9_000,
      });
    },
    async files(table) {
      const { metadata } = await load(table);
      return (await planScan(storage, metadata, snapshotAt(metadata))).map(({ file }) => file);
    },
    async deletes(path, select, fieldIds) {
      const [counted] = await engine.query(
        `COPY (${select}) TO '${path}' (FORMAT parquet, FIELD_IDS ${fieldIds})`,
      );
      return {
        ...{ content: 'positionDeletes', path, format: 'parquet', specId: 0, partition: [] },
        recordCount: Number(counted?.Count),
        sizeBytes: statSync(path).size,
      };
    },
    async rows(table, snapshotId) {
      const { metadata } = await load(table);
      const fields = metadata.schemas.find(({ id }) => id === metadata.currentSchemaId)?.fields ?? [];
      const texts: string[] = [];
      for (const scan of await planScan(storage, metadata, snapshotAt(metadata, snapshotId)))
        texts.push(fileScanSql(await fileScan({ engine, local: (path) => path }, metadata, scan, fields)));
      if (texts.length === 0) return [];
      const columns = fields.map(({ id, name, type }) =>
        type.type.startsWith('timestamp') ? `CAST(c${id} AS VARCHAR) AS "${name}"` : `c${id} AS "${name}"`,
      );
      return engine.query(`SELECT ${columns.join(', ')} FROM (${texts.join(' UNION ALL ')})`);
    },
    async [Symbol.asyncDispose]() {
      engine.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** A table without partitions: names and types as the specification spells them. */
export function plainTable(columns: Record<string, string>): NewTable {
  const fields = Object.entries(columns).map(([name, type], i) => {
    if (!primitiveOf(type)) throw new Error(`${type} is no type`);
    return { id: i + 1, name, required: false, type };
  });
  return {
    schema: { type: 'struct', 'schema-id': 0, fields },
    'partition-spec': { 'spec-id': 0, fields: [] },
    properties: { 'format-version': '2' },
  };
}

/** A whole run: plan, every part, commit. */
export async function runAll(
  world: BatchWorld & PlanWorld,
  run: BatchRun,
  { asked = definition, limits }: { asked?: Definition; limits?: Limits } = {},
) {
  const plan = await plannedRun(world, run, {
    definition: asked,
    scored: { id: 'm', version: '3', sha256: '' },
    limits,
  });
  for (let part = 0; part < plan.parts.count; part++) {
    const { reason } = await scoredPart(world, run, plan, part);
    if (reason !== undefined) return { plan, reason };
  }
  return { plan, ...(await committedRun(world, run, plan)) };
}
