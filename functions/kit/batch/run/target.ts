import { type Target as NewTarget, newTarget } from '../../../../iceberg/createTable.ts';
import { fault, unsupported } from '../../../../iceberg/fault.ts';
import type { Field, PartitionSpec, PrimitiveType, TableMetadata, Value } from '../../../../iceberg/model.ts';
import type { NewTable } from '../../../../iceberg/ports.ts';
import { typeName } from '../../../../iceberg/schema.ts';
import { columnOf } from './features.ts';
import type { OutputColumn } from './outputs.ts';
import type { Definition } from './world.ts';

type Typed = Field & { type: PrimitiveType };

/** What a column of the target is filled with. */
export type Fill =
  | { from: 'entity'; source: Typed }
  | { from: 'output'; index: number }
  | { from: 'constant'; value: Value };

/** How the rows of a run get into its target. */
export interface TargetPlan {
  /** In the order of the schema; columns that are not ours stay empty. */
  columns: { field: Typed; fill: Fill }[];
  spec: PartitionSpec;
  /** The column whose value a run replaces; rows of an entity column replace the values that they have. */
  partition: { field: Typed; from: 'slot' | 'entity' };
  /** The scheduled time, as this column holds it. */
  scoredAt: { field: Typed; value: Value };
}

interface Written {
  entity: readonly Typed[];
  outputs: readonly OutputColumn[];
  slot: bigint;
  modelVersion: string;
  runId: string;
}

type Wanted = Pick<Definition, 'partition_column' | 'rerun_behavior' | 'schedule'>;

/** Entity columns that a table can hold and, for duplicates, that can be compared. */
export function entityOf(names: readonly string[], fields: readonly Field[], asKey: boolean): Typed[] {
  return names.map((name) => {
    const field = columnOf(name, fields, 'entity column');
    const { type } = field;
    if (type.type === 'other' || type.type === 'timestamptz_ns')
      throw fault('unsupported', `entity column '${name}' is of a type that is not supported`);
    if (asKey && (type.type === 'float' || type.type === 'double'))
      throw fault(
        'unsupported',
        `entity column '${name}' is a floating number, which append_dedup cannot compare`,
      );
    return { ...field, type };
  });
}

/** The request for a target that is not there yet. */
export function targetToBe(
  { entity, outputs }: Pick<Written, 'entity' | 'outputs'>,
  { partition_column: column, schedule }: Wanted,
  location?: string,
): NewTable {
  const named = [...entity.map(({ name }) => name), 'scored_at'].map((name) => name.toLowerCase());
  if (!named.includes(column.toLowerCase()))
    throw fault('columnNotFound', `partition column '${column}' is neither scored_at nor an entity column`);
  const types = outputs.map(({ name, type }) => ({ name, type: { type } }));
  return newTarget({ entity, outputs: types, partition: finenessOf(schedule), location });
}

/** Runs of a day share a partition unless they come every hour or more often. */
function finenessOf(schedule: string | null): NewTarget['partition'] {
  const [minute = '', hour = ''] = (schedule ?? '0 0').trim().split(/\s+/);
  if (!/^\d+$/.test(minute)) return 'identity';
  return /^\d+$/.test(hour) ? 'day' : 'hour';
}

/** How a run's rows fit a table that is there, or a fault that says why they do not. */
export function targetPlan(table: TableMetadata, written: Written, wanted: Wanted): TargetPlan {
  if (table.formatVersion !== 2) throw unsupported(`format version ${table.formatVersion} for a target`);
  const fields = fieldsOf(table);
  const filled = (field: Field) => fillOf(field, written, wanted);
  const columns = fields.flatMap((field): TargetPlan['columns'] => {
    const fill = filled(field);
    if (fill && field.type.type !== 'other') return [{ field: { ...field, type: field.type }, fill }];
    if (field.required)
      throw fault('refused', `the target requires a column '${field.name}' that a run does not fill`);
    return [];
  });
  const find = (name: string) => {
    const found = columns.find(({ field }) => field.name.toLowerCase() === name.toLowerCase());
    if (!found) throw fault('columnNotFound', `the target has no column '${name}'`);
    return found;
  };
  for (const { name } of written.entity) find(name);
  find('prediction');
  const { field, fill } = find('scored_at');
  const partition = find(wanted.partition_column);
  if (partition.fill.from === 'output' || /^(?:model_version|run_id)$/i.test(partition.field.name))
    throw fault(
      'refused',
      `the partition column '${partition.field.name}' is neither a time nor an entity column`,
    );
  const spec = specOf(table, columns, wanted);
  return {
    columns,
    spec,
    partition: { field: partition.field, from: partition.fill.from === 'entity' ? 'entity' : 'slot' },
    scoredAt: { field, value: fill.from === 'constant' ? fill.value : 0n },
  };
}

function fieldsOf({ schemas, currentSchemaId }: TableMetadata): Field[] {
  const fields = schemas.find(({ id }) => id === currentSchemaId)?.fields ?? [];
  if (new Set(fields.map(({ name }) => name.toLowerCase())).size < fields.length)
    throw fault('refused', 'two columns of the target differ only in upper and lower case');
  return fields;
}

function fillOf(field: Field, written: Written, { partition_column }: Wanted): Fill | undefined {
  const name = field.name.toLowerCase();
  const is = (other: string) => other.toLowerCase() === name;
  const source = written.entity.find((one) => is(one.name));
  if (source) {
    if (typeName(source.type) !== typeName(field.type))
      throw fault('refused', `the target has entity column '${field.name}' in another type than the source`);
    return { from: 'entity', source };
  }
  const index = written.outputs.findIndex((one) => is(one.name));
  if (index >= 0) return outputFill(field, written.outputs[index], index);
  const text = { model_version: written.modelVersion, run_id: written.runId }[name];
  if (text !== undefined && field.type.type === 'string') return { from: 'constant', value: text };
  if (name !== 'scored_at' && !is(partition_column)) return undefined;
  return { from: 'constant', value: slotValue(field, written.slot) };
}

function outputFill(field: Field, output: OutputColumn | undefined, index: number): Fill | undefined {
  const { type } = field.type;
  const fits = output?.type === type || (output?.type === 'double' && type === 'float');
  if (fits) return { from: 'output', index };
  if (field.name.toLowerCase() !== 'prediction') return undefined;
  throw fault('refused', `the target has '${field.name}' in a type that the model's answer does not fit`);
}

const microsPerDay = 86_400_000_000n;

function slotValue({ name, type }: Field, slot: bigint): Value {
  if (type.type === 'timestamp' || type.type === 'timestamptz') return slot;
  if (type.type === 'date') return Number(slot / microsPerDay);
  throw fault('refused', `the target's column '${name}' is neither a timestamp nor a date`);
}

const ofTimes = /^(?:identity|void|year|month|day|hour)$/;

/** Every partition value must be known before the rows are: one of the slot, or a column that is carried over. */
function specOf(
  { specs, defaultSpecId }: TableMetadata,
  columns: TargetPlan['columns'],
  { partition_column }: Wanted,
): PartitionSpec {
  const spec = specs.find(({ id }) => id === defaultSpecId);
  if (!spec) throw fault('malformed', 'the target has no partition spec');
  for (const { sourceId, transform, name } of spec.fields) {
    const own = columns.find(({ field }) => field.id === sourceId);
    const slot = own?.fill.from === 'constant' && /^(?:scored_at)$/i.test(own.field.name);
    const other =
      own?.fill.from === 'constant' && own.field.name.toLowerCase() === partition_column.toLowerCase();
    const ours =
      ((slot || other) && ofTimes.test(transform)) ||
      (own?.fill.from === 'entity' && transform === 'identity');
    if (!ours && transform !== 'void')
      throw fault('refused', `the target is partitioned by '${name}', which a run cannot fill`);
  }
  return spec;
}
