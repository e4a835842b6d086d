import * as z from 'zod';

/** A registered model and the version that is meant: a number that stays, or an alias that moves. */
export const ModelReference = z
  .object({
    model_name: z.string().nullable(),
    model_version: z.string().nullable(),
    model_alias: z.string().nullable(),
  })
  .meta({ id: 'ModelReference' });
export type ModelReference = z.infer<typeof ModelReference>;

export const rerunBehaviors = ['overwrite_partition', 'append_dedup'] as const;

/** What scores the rows: functions of ours, or one job of Spark for what is too much for them. */
export const engines = ['lambda', 'emr-serverless'] as const;

const Table = { catalog: z.string(), schema: z.string(), table: z.string() };

/** What a batch deployment reads, scores and writes, as it is kept and as every run reads it. */
export const BatchConfig = z.object({
  model: ModelReference,
  /** Of the version that the reference stood for when the deployment was made. */
  resolved_model_version: z.string(),
  source: z.object({
    ...Table,
    filter_sql: z.string().nullable(),
    /** An Iceberg snapshot has 63 bits: digits. */
    snapshot_id: z.string().nullable(),
  }),
  target: z.object(Table),
  entity_columns: z.array(z.string()).min(1),
  domain: z.string(),
  owner: z.string(),
  /** Five fields of cron; null: only when somebody asks. */
  schedule: z.string().nullable(),
  schedule_timezone: z.string(),
  rerun_behavior: z.enum(rerunBehaviors),
  partition_column: z.string(),
  trigger_now: z.boolean(),
  /** Absent: our own functions. */
  engine: z.enum(engines).optional(),
  dag_s3_uri: z.string(),
});
export type BatchConfig = z.infer<typeof BatchConfig>;

/** What a batch deployment's schedule is called. */
export const scheduleName = (deploymentId: string): string => `slipway-${deploymentId}`;

/** Where in the bucket of data the definition lies that every run of a deployment reads. */
export const definitionKey = (deploymentId: string): string => `definitions/${deploymentId}.json`;
