import * as z from 'zod';
import { type RunFiles, runFiles, writtenNames } from '../../../../adapters/batch/runFiles.ts';
import { catalogWorld, keepsItsFiles } from '../../../../adapters/iceberg/catalogs.ts';
import type { BatchRun } from '../../../../domain/batch/run.ts';
import { each } from '../../../../iceberg/each.ts';
import { referredTo } from '../../../../iceberg/references.ts';
import { Out } from './outFile.ts';
import { outName, type Plan, planOf, tableOf } from './plan.ts';
import { nameOf } from './world.ts';

/** What `announce` wrote down. */
const Written = z.object({ paths: z.array(z.string()) });

/** What a run that is over left: files that it wrote, or meant to, in the folder of its target. */
interface Left {
  plan: Plan;
  paths: string[];
}

/** Undefined where all that it wrote is what it brought into its target. */
async function leftBy(run: BatchRun): Promise<Left | undefined> {
  const files = runFiles(run.run_id);
  const plan = await planOf({ files });
  if (!plan || keepsItsFiles(plan.target.catalog)) return undefined;
  const folder = `${tableOf(plan.target).location.replace(/\/+$/, '')}/data/${run.run_id}-`;
  const written = await each(await writtenNames(run.run_id), async (name) =>
    Written.parse(await files.read(name)),
  );
  const brought = run.status === 'succeeded' ? await broughtBy(files, plan) : new Set();
  const paths = written
    .flatMap((one) => one.paths)
    .filter((path) => path.startsWith(folder) && !brought.has(path));
  return paths.length > 0 ? { plan, paths } : undefined;
}

async function broughtBy(files: RunFiles, { parts }: Plan): Promise<Set<string>> {
  const numbers = Array.from({ length: parts.count }, (_, part) => part);
  const outs = await each(numbers, async (part) => Out.parse(await files.read(outName(part))));
  return new Set(outs.flatMap((out) => out.files.map(({ path }) => path)));
}

const removedAtOnce = 100;

/** Take away what a run that is over left, but for what any snapshot of its target mentions. How many files that were. */
export async function sweepRun(run: BatchRun): Promise<number> {
  const left = await leftBy(run);
  if (!left) return 0;
  const { plan, paths } = left;
  const { catalog, storage } = catalogWorld(plan.target.catalog);
  const table = await catalog.load(nameOf(plan.target));
  // Of a table that is gone nobody knows who else has its files.
  if (!table || table.metadata.tableUuid !== tableOf(plan.target).tableUuid) return 0;
  const kept = await referredTo(storage, table.metadata, paths);
  const lost = paths.filter((path) => !kept.has(path));
  for (let i = 0; i < lost.length; i += removedAtOnce) await storage.remove(lost.slice(i, i + removedAtOnce));
  return lost.length;
}
