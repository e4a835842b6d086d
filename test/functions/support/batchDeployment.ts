import type { Deployment } from '../../../domain/deployment.ts';

export const id = '00000000-0000-7000-8000-000000000002';
export const project_id = '00000000-0000-7000-8000-000000000001';
const made = '2026-06-15T12:00:00Z';

/** A deployment that scores a table on weekday mornings in Berlin. */
export const nightly: Deployment = {
  ...{ id, project_id, kind: 'batch', name: 'nightly', version: 1, model_id: project_id },
  ...{ artifact_sha256: '', stage: 'staging', wanted_stage: 'staging', life: 'active', status_message: '' },
  ...{ config: { name: 'nightly', traffic_percent: 100 }, h: 1, rev: 1, op_id: project_id, log_shards: 1 },
  ...{ retention_days: 30, created_by: 'somebody', created_at: made, updated_at: made },
  batch: {
    model: { model_name: 'm', model_version: '1', model_alias: null },
    resolved_model_version: '1',
    source: { catalog: 'iceberg', schema: 's', table: 't', filter_sql: null, snapshot_id: null },
    target: { catalog: 'iceberg', schema: 's', table: 'u' },
    ...{ entity_columns: ['id'], domain: 'd', owner: 'o', schedule: '30 6 * * 1-5' },
    ...{ schedule_timezone: 'Europe/Berlin', rerun_behavior: 'overwrite_partition' },
    ...{ partition_column: 'scored_at', trigger_now: false, dag_s3_uri: 's3://data/definitions/x' },
  },
};
