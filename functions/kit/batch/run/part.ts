import { join } from 'node:path';
import { type DuckDb, folders } from '../../../../adapters/duckdb/engine.ts';
import { fault } from '../../../../iceberg/fault.ts';
import { type Part, scansOf } from '../../../../iceberg/parts.ts';
import { identifier, quoted } from '../../../../iceberg/sqlText.ts';
import type { WrittenFile } from '../../../../iceberg/stats.ts';
import { groupsOf, inTurn } from './ahead.ts';
import { slotFiles, slotKeys, tooMany } from './duplicates.ts';
import { broughtTo } from './fetch.ts';
import { type Frozen, frozenOf } from './frozen.ts';
import { mostValues, type Out, valueHex, writtenOf } from './outFile.ts';
import { failedName, outName, type Plan, partName, plain, snapshotIdOf, typesOf } from './plan.ts';
import { openScans } from './scan.ts';
import { type Scorer, scorerOf } from './scorer.ts';
import { carriedPartitions, partSql, rowsSql, textSql } from './statement.ts';
import { type BatchRun, type BatchWorld, reasonOf } from './world.ts';
import { announce, uploaded, valueOfText } from './written.ts';

/**
 * Scores one part, and leaves what it wrote beside the plan. Of several attempts the first that gets so far counts, and
 * what the others wrote is taken away again. A reason says why the part cannot be scored at all.
 */
export async function scoredPart(
  world: BatchWorld,
  run: BatchRun,
  plan: Plan,
  part: number,
): Promise<{ reason?: string }> {
  if (await world.files.read(outName(part))) return {};
  if (await world.files.read(failedName)) return { reason: 'another part cannot be scored' };
  const model = await world.model(plan.model);
  let scorer: { seen: () => number } = { seen: () => 0 };
  try {
    const frozen = frozenOf(plan, run, model);
    await world.withEngine(async (engine, folder) => {
      const own = scorerOf(model, frozen.inputs);
      scorer = engine.registerScore(own);
      await score({ world, run, plan, part, engine, folder, frozen, scorer: own }, scorer.seen);
    });
    return {};
  } catch (error) {
    return { reason: `part ${part}, after ${scorer.seen()} rows: ${reasonOf(error)}` };
  }
}

interface Work {
  world: BatchWorld;
  run: BatchRun;
  plan: Plan;
  part: number;
  engine: DuckDb;
  folder: string;
  frozen: Frozen;
  scorer: Scorer;
}

async function score(work: Work, seen: () => number): Promise<void> {
  const { world, plan, part, engine, frozen } = work;
  const written = (await copied(work)).filter((file) => file.rows > 0);
  const rows = written.reduce((sum, file) => sum + file.rows, 0);
  if (rows !== seen()) throw new Error('the engine wrote another number of rows than the model scored');
  if (written.length > mostFiles)
    throw fault('unsupported', `a part with rows of more than ${mostFiles} partitions`);
  const values = await valuesIn(engine, written, plan, frozen);
  const { storage } = world.catalog(plan.target.catalog);
  const location = frozen.target.location.replace(/\/+$/, '');
  const types = typesOf(frozen.target)(frozen.to.spec.id);
  const places = written.map(() => `${location}/data/${work.run.run_id}-${part}-${world.newId()}.parquet`);
  if (places.length > 0) await announce(world, places);
  const files: Out['files'] = [];
  for (const [i, file] of written.entries()) {
    const path = places[i] ?? '';
    files.push(writtenOf(await uploaded(storage, file, path, frozen.to), types));
  }
  const first = await world.files.create(outName(part), plain({ part, rows, files, values }));
  if (!first) await storage.remove(files.map(({ path }) => path));
}

/** Partitions of one part: each is a file. */
const mostFiles = 1_000;

/** Scores group after group of the part's files; where keys are compared, all of them at once. */
async function copied({ world, plan, part, engine, folder, frozen, scorer }: Work): Promise<WrittenFile[]> {
  const json = await world.files.read(partName(plan.parts, part));
  if (!json) throw new Error('the plan of the run lacks a part');
  const scans = scansOf(json as unknown as Part, typesOf(frozen.source));
  const source = broughtTo(folders(folder).in, 's', world.catalog(plan.source.catalog).storage, engine);
  const opened = await openScans(engine, source, frozen.source, scans, frozen.wanted);
  if (opened.length === 0) return [];
  const keyed = frozen.keys.length > 0;
  const present = keyed ? await presentKeys({ world, plan, engine, folder, frozen }) : undefined;
  const folded = carriedPartitions(frozen.to).length > 0;
  const files = await inTurn(keyed ? [opened] : groupsOf(opened), (group, i) => {
    const texts = group.map(({ text }) => text);
    const to = join(folders(folder).out, folded ? `parts${i}` : `part${i}.parquet`);
    return engine.copy(partSql(rowsSql(texts, frozen, present), to, frozen, scorer.columns));
  });
  return files.flat();
}

async function presentKeys({
  world,
  plan,
  engine,
  folder,
  frozen,
}: Pick<Work, 'world' | 'plan' | 'engine' | 'folder' | 'frozen'>) {
  const { storage } = world.catalog(plan.target.catalog);
  const files = await slotFiles(engine, storage, frozen.target, snapshotIdOf(plan.target), frozen);
  if (tooMany(files))
    throw fault('unsupported', 'the target holds too many rows of this slot to find duplicates among');
  const target = broughtTo(folders(folder).in, 't', storage, engine);
  return slotKeys(engine, target, frozen.target, files, frozen);
}

/** Which values of an entity column the rows have, where a run replaces those. */
async function valuesIn(
  engine: DuckDb,
  written: readonly WrittenFile[],
  plan: Plan,
  { to }: Frozen,
): Promise<Out['values']> {
  const { field, from } = to.partition;
  if (from === 'slot' || plan.rerun_behavior === 'append_dedup' || written.length === 0) return [];
  const files = `[${written.map(({ path }) => quoted(path)).join(', ')}]`;
  const text = textSql(field.type.type, identifier(field.name));
  const found = await engine.query(
    `SELECT DISTINCT ${text} AS v FROM read_parquet(${files}, hive_partitioning=false) LIMIT ${mostValues + 1}`,
  );
  if (found.length > mostValues)
    throw fault('unsupported', `more than ${mostValues} values of the partition column in one run`);
  return found.map(({ v }) => valueHex(field.type, valueOfText(field.type, String(v))));
}
