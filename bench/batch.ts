import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runFilesIn } from '../adapters/batch/runFiles.ts';
import { icebergWorld } from '../adapters/iceberg/world.ts';
import { committedRun } from '../functions/kit/batch/run/commit.ts';
import { withEngineUntil } from '../functions/kit/batch/run/engine.ts';
import { scoredPart } from '../functions/kit/batch/run/part.ts';
import { plannedRun } from '../functions/kit/batch/run/planning.ts';
import type { BatchWorld, Definition, PlanWorld } from '../functions/kit/batch/run/world.ts';
import { commitRun } from '../iceberg/commitLoop.ts';
import type { DataFile } from '../iceberg/model.ts';
import { compile } from '../scoring/compile.ts';
import { importModel } from '../scoring/import.ts';
import type { Ir } from '../scoring/ir.ts';
import { load } from '../scoring/load.ts';
import type { Model } from '../scoring/model.ts';
import { irOf, linearOf, outputOf } from '../test/scoring/irs.ts';

/** `node bench/batch.ts [rows]`: rows per second of whole runs on one core, beside Python where BENCH_PYTHON has its libraries. */
const rows = Number(process.argv[2] ?? 2_000_000);
const fileCount = 4;
const python = process.env.BENCH_PYTHON ?? 'python3';
const root = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
const names = Array.from({ length: 8 }, (_, i) => `x${i}`);
const place = (table: string) => ({ catalog: 'iceberg', schema: 'bench', table });
const name = { namespace: ['bench'], name: 'source' };
const world = icebergWorld({ type: 'file', warehouse: join(root, 'tables') });
const far = Date.now() + 3_600_000;

async function makeSource(): Promise<string> {
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

function modelOf(ir: Ir): Model {
  const loaded = load(compile(ir).predict);
  if ('recompile' in loaded) throw new Error('an image of this version asks to be compiled again');
  return loaded;
}

const linear = (): Model =>
  modelOf(
    irOf({
      features: names.map((column) => ({ name: column, kind: 'number' })),
      core: linearOf(
        names.map((_, i) => -1 + (2 * i) / 7),
        [0],
      ),
      output: outputOf({ kind: 'binomial', classes: ['no', 'yes'], link: 'logistic' }),
    }),
  );

function trees(path: string): Model {
  const imported = importModel(readFileSync(path));
  if ('refusal' in imported) throw new Error('the trained model is refused');
  return modelOf(imported.model);
}

interface Timed {
  seconds: number;
  /** Seconds of all cores together: what a shared machine does not change. */
  cpu: number;
}

async function timed(model: Model, table: string): Promise<Timed> {
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
  return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

async function best(model: Model, table: string): Promise<Timed> {
  const all: Timed[] = [];
  for (let i = 0; i < 3; i++) all.push(await timed(model, table));
  return all.reduce((a, b) => (a.cpu < b.cpu ? a : b));
}

function peer(task: 'linear' | 'trees', folder: string, model: string): Timed {
  const script = join(import.meta.dirname, 'peers/batch.py');
  return JSON.parse(execFileSync(python, [script, task, folder, model], { encoding: 'utf8' }));
}

function trained(folder: string, model: string): boolean {
  try {
    execFileSync(python, [join(import.meta.dirname, 'peers/batch.py'), 'train', folder, model], {
      stdio: 'ignore',
    });
    return existsSync(model);
  } catch {
    console.error(
      `skipped: ${python} has no lightgbm, pyarrow and numpy, so there are no trees and no Python`,
    );
    return false;
  }
}

try {
  const folder = await makeSource();
  const model = join(root, 'model.txt');
  const both = trained(folder, model);
  const rate = (seconds: number) => (rows / seconds / 1e6).toFixed(2);
  const line = (what: string, ours: Timed, theirs?: Timed) =>
    console.log(
      `| ${what} | ${rate(ours.seconds)} | ${rate(ours.cpu)} | ${theirs ? `${rate(theirs.seconds)} | ${rate(theirs.cpu)}` : ' | '} |`,
    );
  console.log(
    `Rows: ${rows.toLocaleString('en')} in ${fileCount} files, 8 columns of doubles; best of 3, local disk, one engine thread.\n`,
  );
  console.log(
    '| model | M rows/s, plan to commit | M rows per second of CPU | pyarrow and LightGBM or numpy: M rows/s | per second of CPU |\n|---|---|---|---|---|',
  );
  line(
    'logistic regression',
    await best(linear(), 'linear'),
    both ? peer('linear', folder, model) : undefined,
  );
  if (both)
    line('100 LightGBM trees, depth 6', await best(trees(model), 'trees'), peer('trees', folder, model));
  console.log(`\nPeak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB.`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
