import { malformed } from '../../../../iceberg/fault.ts';
import type { CompiledFilter } from '../../../../iceberg/filter/compile.ts';
import type { Field, TableMetadata } from '../../../../iceberg/model.ts';
import type { Model } from '../../../../scoring/model.ts';
import { type InputColumn, inputsOf } from './features.ts';
import { type Plan, tableOf } from './plan.ts';
import { entityOf, type TargetPlan, targetPlan } from './target.ts';
import { type BatchRun, slotOf } from './world.ts';

/** What a plan says of the target, made ready for work: the same for every attempt at a run. */
export interface FrozenTarget {
  target: TableMetadata;
  to: TargetPlan;
  /** Columns of the source and the target that together name a row, where duplicates are left out. */
  keys: { source: Field; target: Field }[];
}

/** The same with the source, for whoever scores. */
export interface Frozen extends FrozenTarget {
  source: TableMetadata;
  inputs: InputColumn[];
  filter: CompiledFilter | undefined;
  /** Every column that scoring reads. */
  wanted: Field[];
}

function sourceOf(plan: Plan) {
  const source = tableOf(plan.source);
  const fields = source.schemas.find(({ id }) => id === plan.source.schema_id)?.fields;
  if (!fields) throw malformed('the plan of the run is about a schema that the source does not have');
  return { source, fields, entity: entityOf(plan.entity_columns, fields, false) };
}

export function frozenTarget(plan: Plan, run: BatchRun): FrozenTarget {
  const { entity } = sourceOf(plan);
  const target = tableOf(plan.target);
  const rows = {
    entity,
    outputs: plan.outputs,
    slot: slotOf(plan),
    modelVersion: plan.model.version,
    runId: run.run_id,
  };
  const to = targetPlan(target, rows, { ...plan, schedule: null });
  return { target, to, keys: plan.rerun_behavior === 'append_dedup' ? keysOf(to) : [] };
}

export function frozenOf(plan: Plan, run: BatchRun, model: Model): Frozen {
  const { source, fields, entity } = sourceOf(plan);
  const inputs = inputsOf(model.features, fields);
  const read = [...inputs.map(({ field }) => field.id), ...entity.map(({ id }) => id)];
  const ids = new Set([...read, ...(plan.filter?.fieldIds ?? [])]);
  return {
    ...frozenTarget(plan, run),
    source,
    inputs,
    filter: plan.filter ?? undefined,
    wanted: fields.filter(({ id }) => ids.has(id)),
  };
}

const keysOf = ({ columns }: TargetPlan): Frozen['keys'] =>
  columns.flatMap(({ field, fill }) =>
    fill.from === 'entity' ? [{ source: fill.source, target: field }] : [],
  );
