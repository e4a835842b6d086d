import type { BatchConfig, ModelReference } from './config.ts';

/** What somebody may leave out of a reference to a model. */
export interface Meant {
  model_version?: string | null;
  model_alias?: string | null;
}

/** The reference as it is kept: of the model in the path, whatever the body calls it; an empty text is not set. */
export const referenceTo = (model: string, { model_version, model_alias }: Meant): ModelReference => ({
  model_name: model,
  model_version: model_version || null,
  model_alias: model_alias || null,
});

type Wanted = Pick<
  BatchConfig,
  | 'source'
  | 'target'
  | 'entity_columns'
  | 'domain'
  | 'owner'
  | 'schedule'
  | 'schedule_timezone'
  | 'rerun_behavior'
  | 'partition_column'
  | 'trigger_now'
  | 'engine'
>;

/** What a new deployment runs, of what was asked for and what that stands for. */
export const configOf = (
  wanted: Wanted,
  known: Pick<BatchConfig, 'model' | 'resolved_model_version' | 'dag_s3_uri'>,
): BatchConfig => ({
  ...known,
  source: wanted.source,
  target: wanted.target,
  entity_columns: wanted.entity_columns,
  domain: wanted.domain,
  owner: wanted.owner,
  schedule: wanted.schedule,
  schedule_timezone: wanted.schedule_timezone,
  rerun_behavior: wanted.rerun_behavior,
  partition_column: wanted.partition_column,
  trigger_now: wanted.trigger_now,
  ...(wanted.engine === 'emr-serverless' && { engine: wanted.engine }),
});
