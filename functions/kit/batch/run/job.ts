import { fault } from '../../../../iceberg/fault.ts';
import { parseFilter } from '../../../../iceberg/filter/parse.ts';
import { hideFloats, resolve } from '../../../../iceberg/filter/resolve.ts';
import type { JsonInput } from '../../../../iceberg/json64.ts';
import type { Field } from '../../../../iceberg/model.ts';
import type { Engine } from '../../../../iceberg/ports.ts';
import { sparkFilter } from '../../../../iceberg/spark/filter.ts';
import { sparkName, sparkValue } from '../../../../iceberg/spark/literals.ts';
import { columnName } from '../../../../iceberg/sqlText.ts';
import { failedName, jobResultName, plain } from './plan.ts';
import type { Prepared } from './prepare.ts';
import { featureSql, readType, sourceSql, targetSql } from './sparkColumns.ts';
import type { TargetPlan } from './target.ts';
import {
  type BatchRun,
  type Definition,
  type Described,
  type PlanWorld,
  type Scored,
  slotOf,
  type TablePlace,
} from './world.ts';

interface Asked {
  definition: Definition;
  model: Described;
  scheduled_at: string;
}

/** What a job reads of its source, in words of Spark's; a fault names what it cannot do. */
async function readingOf(engine: Engine, { definition, model, scheduled_at }: Asked, prepared: Prepared) {
  const { inputs, entity, fields, filter } = prepared;
  const text = definition.source.filter_sql?.trim();
  const condition = text ? await conditionOf(engine, text, { fields, slot: slotOf({ scheduled_at }) }) : null;
  const ids = new Set([...inputs, ...entity.map((field) => ({ field }))].map(({ field }) => field.id));
  const wanted = fields.filter(({ id }) => ids.has(id) || filter?.fieldIds.includes(id));
  const held = heldBy(prepared);
  return {
    columns: wanted.map((field) => ({ as: columnName(field.id), sql: sourceSql(field, held) })),
    filter: condition,
    entity: entity.map((field) => ({
      column: columnName(field.id),
      type: readType(field, 'entity column'),
    })),
    features: inputs.map((input, i) => {
      const feature = model.features[i];
      if (!feature) throw new Error('a model with other features than its inputs');
      return { name: feature.name, sql: featureSql(feature, input) };
    }),
  };
}

/** The columns as the snapshot has them, under the names they had then. */
function heldBy({ source, snapshotId, fields }: Prepared): readonly Field[] {
  const snapshot = source.metadata.snapshots.find(({ id }) => id === snapshotId);
  return source.metadata.schemas.find(({ id }) => id === snapshot?.schemaId)?.fields ?? fields;
}

async function conditionOf(engine: Engine, text: string, scope: { fields: readonly Field[]; slot: bigint }) {
  const { expression } = await parseFilter(engine, text);
  const resolved = resolve(expression, scope);
  return sparkFilter(hideFloats(resolved.expression, resolved.fields), (column) => column);
}

/** Everything that a job would be refused for, before there is any. */
export async function checkJob(
  { spark }: PlanWorld,
  engine: Engine,
  asked: Asked,
  prepared: Prepared,
): Promise<void> {
  const { source, target } = asked.definition;
  const world = present(spark);
  world.catalog(source.catalog, 'reads');
  world.catalog(target.catalog, 'commits');
  await readingOf(engine, asked, prepared);
}

function present(spark: PlanWorld['spark']) {
  if (!spark) throw fault('unsupported', 'this installation has no application of EMR Serverless');
  return spark;
}

const placeOf = (name: string, { schema, table }: TablePlace) =>
  [name, schema, table].map(sparkName).join('.');

interface Making extends Asked {
  run: BatchRun;
  scored: Scored;
  prepared: Prepared;
  to: TargetPlan;
  target: { uuid: string; fields: readonly Field[] };
}

/** All that a job of Spark is told of a run. Snapshot ids are texts, because they have 63 bits. */
export async function jobOf(world: PlanWorld, engine: Engine, making: Making): Promise<JsonInput> {
  const { definition, run, scored, prepared, to, target } = making;
  const spark = present(world.spark);
  const { source: from, rerun_behavior: mode } = definition;
  const snapshot = prepared.snapshotId === undefined ? null : String(prepared.snapshotId);
  return plain({
    run: { run_id: run.run_id, deployment_id: run.deployment_id, scheduled_at: run.scheduled_at },
    model: { ...scored, image: await spark.image(scored) },
    catalogs: {
      source: spark.catalog(from.catalog, 'reads'),
      target: spark.catalog(definition.target.catalog, 'commits'),
    },
    source: {
      table: placeOf('source', from),
      snapshot_id: snapshot,
      ...(await readingOf(engine, making, prepared)),
    },
    outputs: prepared.outputs,
    target: {
      table: placeOf('target', definition.target),
      uuid: target.uuid,
      columns: targetSql(target.fields, to, prepared.entity),
      // Rows of one value need not be brought together before they are written.
      spread: !to.spec.fields.some(({ sourceId }) => isCarried(to, sourceId)),
    },
    mode,
    replaces: mode === 'overwrite_partition' ? replacedBy(making) : null,
    once: mode === 'append_dedup' ? onceBy(making) : null,
    properties: {
      'slipway.run-id': run.run_id,
      'slipway.deployment': run.deployment_id,
      'slipway.model-version': scored.version,
      'slipway.source-snapshot': snapshot ?? '',
    },
    result: world.files.address(jobResultName),
    failed: world.files.address(failedName),
  });
}

const isCarried = ({ columns }: TargetPlan, sourceId: number) =>
  columns.some(({ field, fill }) => field.id === sourceId && fill.from === 'entity');

const entityAt = ({ prepared }: Making, { id }: Field) =>
  `e${prepared.entity.findIndex((one) => one.id === id)}`;

/** Of a column that is filled from the slot its one value, of an entity column whatever values the rows have. */
function replacedBy(making: Making) {
  const { field } = making.to.partition;
  const fill = making.to.columns.find((one) => one.field.id === field.id)?.fill;
  const column = sparkName(field.name);
  if (fill?.from === 'constant') return { column, value: sparkValue(field.type, fill.value) };
  if (fill?.from === 'entity') return { column, entity: entityAt(making, fill.source) };
  throw new Error('a partition column that nothing fills');
}

/** Which rows are the same row, among those of the slot. */
function onceBy(making: Making) {
  const { field, value } = making.to.scoredAt;
  return {
    slot: { column: sparkName(field.name), value: sparkValue(field.type, value) },
    keys: making.to.columns.flatMap((one) =>
      one.fill.from === 'entity'
        ? [{ entity: entityAt(making, one.fill.source), column: sparkName(one.field.name) }]
        : [],
    ),
  };
}
