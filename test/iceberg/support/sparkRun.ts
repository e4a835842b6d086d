import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { plannedRun } from '../../../functions/kit/batch/run/planning.ts';
import type { Definition, PlanWorld } from '../../../functions/kit/batch/run/world.ts';
import { predictImage } from '../../../scoring/image/predict.ts';
import type { Ir } from '../../../scoring/ir.ts';
import type { Model } from '../../../scoring/model.ts';
import { churn, churnIr } from './churn.ts';
import { definition, type RunWorld, runOf } from './runWorld.ts';

/** A Python with PySpark, and the jar of Iceberg for it: both are large, so nothing installs them by itself. */
const { SPARK_PYTHON, ICEBERG_SPARK_JAR } = process.env;
export const haveSpark = SPARK_PYTHON !== undefined && ICEBERG_SPARK_JAR !== undefined;
if (!haveSpark)
  console.error('skipped: without SPARK_PYTHON (with pyspark) and ICEBERG_SPARK_JAR no job of Spark runs');

export const onSpark = (more: Partial<Definition> = {}): Definition => ({
  ...definition,
  engine: 'emr-serverless',
  ...more,
});

/** The world of a run whose job finds its model and its tables on this disk. */
export function sparkWorldOf(it: RunWorld, run: ReturnType<typeof runOf>, model: Model, ir: Ir): PlanWorld {
  const image = Buffer.from(predictImage(ir));
  const address = join(it.root, 'model.img');
  writeFileSync(address, image);
  return {
    ...it.of(run, model),
    spark: {
      image: async () => ({ address, sha256: createHash('sha256').update(image).digest('hex') }),
      catalog: () => ({ type: 'hadoop', warehouse: join(it.root, 'tables') }),
    },
  };
}

export async function plannedJob(world: PlanWorld, run: ReturnType<typeof runOf>, asked: Definition) {
  const plan = await plannedRun(world, run, {
    definition: asked,
    scored: { id: 'm', version: '3', sha256: '' },
  });
  const name = `jobs/${plan.parts.name}.json`;
  return { plan, address: world.files.address(name), job: await world.files.read(name) };
}

/** Runs the script that is deployed, as a job of one process; its exit code and what it complained of. */
export async function runJob(address: string): Promise<{ status: number | null; stderr: string }> {
  const conf = {
    'spark.jars': ICEBERG_SPARK_JAR,
    'spark.ui.enabled': 'false',
    'spark.sql.shuffle.partitions': '2',
  };
  const args = Object.entries(conf).flatMap(([name, value]) => ['--conf', `${name}=${value}`]);
  const job = spawn(String(SPARK_PYTHON), [resolve('spark/score.py'), address], {
    env: {
      ...process.env,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONPATH: resolve('spark/modules'),
      PYSPARK_PYTHON: SPARK_PYTHON,
      PYSPARK_SUBMIT_ARGS: `--master local[2] ${args.join(' ')} pyspark-shell`,
    },
  });
  let stderr = '';
  job.stderr.on('data', (part) => {
    stderr += part;
  });
  const end = () => job.kill();
  process.once('exit', end);
  const status = await new Promise<number | null>((done) => job.on('close', done));
  process.off('exit', end);
  return { status, stderr };
}

export const filter =
  "id < 900 and (spent > 2.5 or age is null) and now() > timestamptz '2026-01-01 00:00:00+00'";

/** The plan of a run over customers, and what its job is told. */
export async function churnJob(it: RunWorld, name: string, more: Partial<Definition> = {}) {
  const run = runOf(name);
  const world = sparkWorldOf(it, run, churn, churnIr);
  return { run, world, ...(await plannedJob(world, run, onSpark(more))) };
}
