import * as z from 'zod';
import type { RunFiles } from '../../../../adapters/batch/runFiles.ts';
import { type Json, type JsonObject, parseJson, printJson } from '../../../../iceberg/json64.ts';
import { readMetadata } from '../../../../iceberg/metadata.ts';
import type { PrimitiveType, TableMetadata } from '../../../../iceberg/model.ts';
import { partitionTypes } from '../../../../iceberg/partition.ts';
import { isObject } from '../../../../iceberg/shape.ts';

const Metadata = z.custom<JsonObject>((value) => isObject(value as Json));
const Table = z.object({ catalog: z.string(), schema: z.string(), table: z.string() });

/** What a run froze at its start. Snapshot ids are texts, because they have 63 bits. */
export const Plan = z.object({
  scheduled_at: z.string(),
  model: z.object({ id: z.string(), version: z.string(), sha256: z.string() }),
  entity_columns: z.array(z.string()),
  rerun_behavior: z.enum(['overwrite_partition', 'append_dedup']),
  partition_column: z.string(),
  /** What the model gives beside the entity columns. */
  outputs: z.array(
    z.object({
      name: z.string(),
      type: z.enum(['double', 'string', 'boolean']),
      labels: z.array(z.string()).optional(),
    }),
  ),
  source: Table.extend({ snapshot_id: z.string().nullable(), schema_id: z.int(), metadata: Metadata }),
  filter: z.object({ sql: z.string(), fieldIds: z.array(z.int()), pruning: z.string() }).nullable(),
  target: Table.extend({ snapshot_id: z.string().nullable(), metadata: Metadata }),
  /** Whoever scores; one job of Spark has no parts. */
  engine: z.enum(['lambda', 'emr-serverless']).optional(),
  /** How many there are, and under which name they lie. */
  parts: z.object({ count: z.int(), name: z.string() }),
});
export type Plan = z.infer<typeof Plan>;

export const planName = 'plan.json';
export const partsName = ({ name }: Plan['parts']) => `parts/${name}.json`;
export const partName = ({ name }: Plan['parts'], part: number) => `parts/${name}/${part}.json`;
export const outName = (part: number) => `out/${part}.json`;
/** What is to be done with a plan, and the file that says with what. */
export function nextOf({ engine, parts }: Plan) {
  if (engine === 'emr-serverless') return { outcome: 'spark' as const, name: jobName(parts) };
  const outcome =
    parts.count > 1 ? ('many' as const) : parts.count === 1 ? ('one' as const) : ('empty' as const);
  return { outcome, name: partsName(parts) };
}

export const failedName = 'failed.json';
/** What a job of Spark is told, by the plan that it belongs to, and what it tells in the end. */
export const jobName = ({ name }: Plan['parts']) => `jobs/${name}.json`;
export const jobResultName = 'job-result.json';

/** A table's metadata without what grows with its history: all that reading one snapshot needs. */
export function pinned(json: JsonObject, snapshotId: bigint | undefined): JsonObject {
  const snapshots = Array.isArray(json.snapshots) ? json.snapshots : [];
  const idOf = (one: Json) => (isObject(one) ? String(one['snapshot-id']) : '');
  return {
    ...json,
    snapshots: snapshots.filter((one) => snapshotId !== undefined && idOf(one) === String(snapshotId)),
    refs: {},
    'current-snapshot-id': -1,
    'snapshot-log': [],
    'metadata-log': [],
    statistics: [],
    'partition-statistics': [],
  };
}

export const tableOf = ({ metadata }: { metadata: JsonObject }): TableMetadata => readMetadata(metadata);

export const snapshotIdOf = ({ snapshot_id }: { snapshot_id: string | null }): bigint | undefined =>
  snapshot_id === null ? undefined : BigInt(snapshot_id);

/** The types of the partition values of a spec, by its id. */
export function typesOf(table: TableMetadata): (specId: number) => readonly (PrimitiveType | undefined)[] {
  const types = new Map(table.specs.map((spec) => [spec.id, partitionTypes(spec, table.schemas)]));
  return (specId) => types.get(specId) ?? [];
}

/** Plain data as JSON holds it: members that are undefined left out. */
export const plain = (value: unknown): Json => parseJson(printJson(value as Json));

/** What a run added, without the rows that turned out to be there already. */
export function rowsOf({ rerun_behavior }: Plan, summary: Readonly<Record<string, string>>): number {
  const lost = rerun_behavior === 'append_dedup' ? Number(summary['added-position-deletes'] ?? 0) : 0;
  return Number(summary['added-records'] ?? 0) - lost;
}

/** The plan that a run was given, if it was. */
export async function planOf({ files }: { files: Pick<RunFiles, 'read'> }): Promise<Plan | undefined> {
  const json = await files.read(planName);
  return json === undefined ? undefined : Plan.parse(json);
}
