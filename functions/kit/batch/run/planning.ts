import type { Around } from '../../../../iceberg/commitLoop.ts';
import { fault, isFault } from '../../../../iceberg/fault.ts';
import { neededBytes, type PartLimits, partLimits, partsOf } from '../../../../iceberg/parts.ts';
import { planScan, snapshotAt } from '../../../../iceberg/plan.ts';
import type { Engine, LoadedTable } from '../../../../iceberg/ports.ts';
import { pruningBy } from '../../../../iceberg/prune.ts';
import { jobOf } from './job.ts';
import { jobName, type Plan, partName, partsName, pinned, plain, planName, planOf, typesOf } from './plan.ts';
import { fitTarget, type Prepared, prepare } from './prepare.ts';
import { targetToBe } from './target.ts';
import { type BatchRun, type Definition, nameOf, type PlanWorld, type Scored } from './world.ts';

/** Up to here one function does it all: more of them would take longer to start than to work. */
const few: PartLimits = { bytes: 500 * 1024 * 1024, rows: 5_000_000 };

export interface Limits {
  few: PartLimits;
  part: PartLimits;
}

/** The plan of a run: the one that is there, or one made now and written once, so that every later look sees the same. */
export async function plannedRun(
  world: PlanWorld,
  run: BatchRun,
  {
    definition,
    scored,
    limits = { few, part: partLimits },
  }: { definition: Definition; scored: Scored; limits?: Limits },
): Promise<Plan> {
  const found = await planOf(world);
  if (found) return found;
  const made = await world.withEngine((engine) => make(world, engine, run, { definition, scored, limits }));
  if (await world.files.create(planName, made)) return made;
  const other = await planOf(world);
  if (!other) throw new Error('the plan of the run is there and is not');
  return other;
}

async function make(
  world: PlanWorld,
  engine: Engine,
  run: BatchRun,
  { definition, scored, limits }: { definition: Definition; scored: Scored; limits: Limits },
): Promise<Plan> {
  const { scheduled_at } = run;
  const around = world.catalog(definition.source.catalog);
  const model = await world.described(scored);
  const prepared = await prepare(engine, around.catalog, { definition, model, scheduled_at });
  const target = await targetOf(world.catalog(definition.target.catalog), definition, prepared);
  const fitted = fitTarget(
    target.metadata,
    { definition, scheduled_at, modelVersion: scored.version, runId: run.run_id },
    prepared,
  );
  const name = world.newId();
  const onSpark = definition.engine === 'emr-serverless';
  const asked = { definition, model, scheduled_at, run, scored, prepared };
  if (onSpark)
    await world.files.create(
      jobName({ name, count: 0 }),
      await jobOf(world, engine, { ...asked, to: fitted, target: toldOf(target) }),
    );
  const parts = onSpark ? [] : await cut(around, engine, prepared, limits);
  for (const [i, part] of parts.entries())
    await world.files.create(partName({ name, count: 0 }, i), plain(part));
  await world.files.create(
    partsName({ name, count: 0 }),
    parts.map((_, part) => ({ part })),
  );
  const { source, target: to, ...rest } = definition;
  const head = snapshotAt(target.metadata)?.id;
  return {
    scheduled_at,
    model: scored,
    entity_columns: [...rest.entity_columns],
    rerun_behavior: rest.rerun_behavior,
    partition_column: rest.partition_column,
    outputs: prepared.outputs.map(({ labels, ...one }) => ({
      ...one,
      ...(labels && { labels: [...labels] }),
    })),
    source: {
      ...{ catalog: source.catalog, schema: source.schema, table: source.table },
      snapshot_id: prepared.snapshotId === undefined ? null : String(prepared.snapshotId),
      schema_id: prepared.schemaId,
      metadata: pinned(prepared.source.json, prepared.snapshotId),
    },
    filter: prepared.filter ?? null,
    target: {
      ...to,
      snapshot_id: head === undefined ? null : String(head),
      metadata: pinned(target.json, head),
    },
    ...(onSpark && { engine: definition.engine }),
    parts: { count: parts.length, name },
  };
}

const toldOf = ({ metadata: { tableUuid = '', schemas, currentSchemaId } }: LoadedTable) => ({
  uuid: tableUuid,
  fields: schemas.find(({ id }) => id === currentSchemaId)?.fields ?? [],
});

/** The target as it is; one that is not there yet is made, by whichever run comes first. */
async function targetOf(
  { catalog }: Around,
  definition: Definition,
  prepared: Prepared,
): Promise<LoadedTable> {
  const name = nameOf(definition.target);
  const found = await catalog.load(name);
  if (found) return found;
  return catalog.create(name, targetToBe(prepared, definition)).catch(async (error: unknown) => {
    const other = isFault(error) && error.code === 'tableExists' ? await catalog.load(name) : undefined;
    if (!other) throw error;
    return other;
  });
}

/** The columns that scoring reads, by their ids. */
function wantedIds({ inputs, entity, filter }: Pick<Prepared, 'inputs' | 'entity' | 'filter'>): number[] {
  return [
    ...new Set([
      ...inputs.map(({ field }) => field.id),
      ...entity.map(({ id }) => id),
      ...(filter?.fieldIds ?? []),
    ]),
  ];
}

async function cut({ storage }: Around, engine: Engine, prepared: Prepared, limits: Limits) {
  const { source, filter, fields, snapshotId } = prepared;
  const { metadata } = source;
  const filtered = fields.filter(({ id }) => filter?.fieldIds.includes(id));
  const pruning = filter && pruningBy(engine, metadata, filtered, filter.pruning);
  const snapshot = snapshotId === undefined ? undefined : snapshotAt(metadata, snapshotId);
  const scans = await planScan(storage, metadata, snapshot, pruning);
  const ids = wantedIds(prepared);
  const bytes = scans.reduce((sum, { file }) => sum + neededBytes(file, ids), 0);
  const rows = scans.reduce((sum, { file }) => sum + file.recordCount, 0);
  const one = bytes <= limits.few.bytes && rows <= limits.few.rows;
  const parts = partsOf(
    scans,
    ids,
    typesOf(metadata),
    one ? { bytes: bytes + 1, rows: rows + 1 } : limits.part,
  );
  if (parts.length > mostParts) throw fault('unsupported', 'the source has more rows than one run can score');
  return parts;
}

/** As many child executions as one Map may have, with room for retries. */
const mostParts = 9_000;
