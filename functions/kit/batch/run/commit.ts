import type { Change } from '../../../../iceberg/commit.ts';
import { commitRun, type Settled, snapshotOfRun } from '../../../../iceberg/commitLoop.ts';
import type { Replaced } from '../../../../iceberg/commitValues.ts';
import { fault } from '../../../../iceberg/fault.ts';
import type { LoadedTable } from '../../../../iceberg/ports.ts';
import { type Deletes, deletesIn, lostRows, replacedRows } from './deletes.ts';
import { type FrozenTarget, frozenTarget } from './frozen.ts';
import { fileOf, hexValue, mostValues, Out } from './outFile.ts';
import { outName, type Plan, rowsOf, typesOf } from './plan.ts';
import { type BatchRun, type CommitWorld, nameOf, reasonOf } from './world.ts';
import { announce } from './written.ts';

/** How a run got into its target. */
export interface Committed {
  rows_scored: number;
  target_snapshot_id: string | null;
}

/**
 * Makes one snapshot of all parts of a run, at most once however often it is asked to. A reason says why the target
 * cannot take them at all.
 */
export async function committedRun(
  world: CommitWorld,
  run: BatchRun,
  plan: Plan,
): Promise<{ committed: Committed } | { reason: string }> {
  try {
    const frozen = frozenTarget(plan, run);
    const outs = await partsOf(world, plan);
    const settled = await world.withEngine(async (engine, folder) => {
      const { storage } = world.catalog(plan.target.catalog);
      const location = frozen.target.location.replace(/\/+$/, '');
      const fresh = () => `${location}/data/${run.run_id}-deletes-${world.newId()}.parquet`;
      const told = (paths: readonly string[]) => announce(world, paths);
      const deletes = deletesIn(engine, folder, { storage, frozen, fresh, announce: told });
      return commit(world, run, plan, (base) => changeOn(base, { plan, frozen, outs, deletes }));
    });
    return { committed: await told(world, run, plan, settled) };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** Every part has to be there, with as many rows as its files say. */
async function partsOf({ files }: CommitWorld, plan: Plan): Promise<Out[]> {
  const outs: Out[] = [];
  for (let part = 0; part < plan.parts.count; part++) {
    const json = await files.read(outName(part));
    if (json === undefined) throw fault('refused', `part ${part} could not be scored`);
    const out = Out.parse(json);
    const rows = out.files.reduce((sum, file) => sum + file.rows, 0);
    if (out.part !== part || out.rows !== rows) throw new Error('a part of the run is not what was scored');
    outs.push(out);
  }
  return outs;
}

async function commit(
  world: CommitWorld,
  run: BatchRun,
  plan: Plan,
  change: (base: LoadedTable) => Promise<Change>,
): Promise<Settled> {
  const { 'table-uuid': uuid } = plan.target.metadata;
  return commitRun(world.catalog(plan.target.catalog), {
    table: nameOf(plan.target),
    runId: run.run_id,
    properties: {
      deployment: run.deployment_id,
      'model-version': plan.model.version,
      'source-snapshot': plan.source.snapshot_id ?? '',
    },
    tableUuid: String(uuid),
    change,
    recorded: async () => {
      const recorded = await world.recorded();
      if (recorded === 'failed') throw fault('refused', 'the run was given up before its commit');
      return recorded;
    },
    deadline: world.deadline,
  });
}

interface Made {
  plan: Plan;
  frozen: FrozenTarget;
  outs: readonly Out[];
  deletes: Deletes;
}

/** What the run is on this base: made again for each, because others may have committed. */
async function changeOn(base: LoadedTable, { plan, frozen, outs, deletes }: Made): Promise<Change> {
  const types = typesOf(frozen.target)(frozen.to.spec.id);
  if (!base.metadata.specs.some(({ id }) => id === frozen.to.spec.id))
    throw fault('refused', 'the target lost the partition spec that the run was planned for');
  const added = outs.flatMap(({ files }) => files.map((file) => fileOf(file, types)));
  if (plan.rerun_behavior === 'append_dedup')
    return { added: [...added, ...(await lostRows(deletes, base.metadata, added))] };
  const replaced = replacedBy(frozen, outs);
  return { added, replaced, positions: (files, of) => replacedRows(deletes, base.metadata, files, of) };
}

function replacedBy({ to }: FrozenTarget, outs: readonly Out[]): Replaced {
  const { field, from } = to.partition;
  const constant = to.columns.find((one) => one.field.id === field.id)?.fill;
  if (from === 'slot' && constant?.from === 'constant') return { field, values: [constant.value] };
  const texts = new Set(outs.flatMap(({ values }) => values));
  if (texts.size > mostValues)
    throw fault('unsupported', `more than ${mostValues} values of the partition column in one run`);
  return { field, values: [...texts].map((text) => hexValue(field.type, text)) };
}

/** What the snapshot of the run says, whoever made it; a run that changed nothing has none. */
async function told(world: CommitWorld, run: BatchRun, plan: Plan, settled: Settled): Promise<Committed> {
  const target_snapshot_id = settled.snapshotId === undefined ? null : String(settled.snapshotId);
  const table = await world.catalog(plan.target.catalog).catalog.load(nameOf(plan.target));
  const summary = table && snapshotOfRun(table.metadata, run.run_id)?.summary;
  return { rows_scored: summary ? rowsOf(plan, summary) : settled.addedRecords, target_snapshot_id };
}
