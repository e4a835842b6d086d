import { fault } from '../../../../iceberg/fault.ts';
import { type CompiledFilter, compileFilter } from '../../../../iceberg/filter/compile.ts';
import type { Field, TableMetadata } from '../../../../iceberg/model.ts';
import { schemaAt, snapshotAt } from '../../../../iceberg/plan.ts';
import type { Catalog, Engine, LoadedTable } from '../../../../iceberg/ports.ts';
import { type InputColumn, inputsOf } from './features.ts';
import { answersOf, type OutputColumn } from './outputs.ts';
import { entityOf, type TargetPlan, targetPlan, targetToBe } from './target.ts';
import { type Definition, type Described, nameOf, slotOf } from './world.ts';

/** What a run reads: the source as it is at one snapshot. */
export interface Prepared {
  source: LoadedTable;
  snapshotId: bigint | undefined;
  schemaId: number;
  fields: readonly Field[];
  inputs: InputColumn[];
  entity: TargetPlan['columns'][number]['field'][];
  outputs: OutputColumn[];
  filter: CompiledFilter | undefined;
}

interface Asked {
  definition: Definition;
  model: Described;
  scheduled_at: string;
}

/** Reads the source and fits model, entity columns and filter to it. Everything that does not fit is a fault that says why. */
export async function prepare(
  engine: Engine,
  catalog: Catalog,
  { definition, model, scheduled_at }: Asked,
): Promise<Prepared> {
  const { source: place, target, entity_columns, rerun_behavior } = definition;
  if (JSON.stringify([place.catalog, nameOf(place)]) === JSON.stringify([target.catalog, nameOf(target)]))
    throw fault('refused', 'source and target are the same table');
  const source = await catalog.load(nameOf(place));
  if (!source) throw fault('tableNotFound', 'the source table is not there');
  const { metadata } = source;
  const asked = place.snapshot_id ? BigInt(place.snapshot_id) : undefined;
  const snapshot = snapshotAt(metadata, asked);
  const { id: schemaId, fields } = schemaAt(metadata, asked === undefined ? undefined : snapshot);
  const scope = { fields, slot: slotOf({ scheduled_at }) };
  const text = place.filter_sql?.trim();
  return {
    source,
    snapshotId: snapshot?.id,
    schemaId,
    fields,
    inputs: inputsOf(model.features, fields),
    entity: entityOf(entity_columns, fields, rerun_behavior === 'append_dedup'),
    outputs: answersOf(model.output).columns,
    filter: text ? await compileFilter(engine, text, scope) : undefined,
  };
}

/** Makes sure that the target takes what is written; a target that is not there is none to be refused by. */
export async function checkTarget(
  catalog: Catalog,
  { definition, scheduled_at }: Omit<Asked, 'model'>,
  { entity, outputs }: Pick<Prepared, 'entity' | 'outputs'>,
): Promise<void> {
  const found = await catalog.load(nameOf(definition.target));
  if (!found) {
    targetToBe({ entity, outputs }, definition);
    return;
  }
  fitTarget(found.metadata, { definition, scheduled_at, modelVersion: '', runId: '' }, { entity, outputs });
}

export const fitTarget = (
  table: TableMetadata,
  run: { definition: Definition; scheduled_at: string; modelVersion: string; runId: string },
  { entity, outputs }: Pick<Prepared, 'entity' | 'outputs'>,
): TargetPlan =>
  targetPlan(
    table,
    { entity, outputs, slot: slotOf(run), modelVersion: run.modelVersion, runId: run.runId },
    run.definition,
  );
