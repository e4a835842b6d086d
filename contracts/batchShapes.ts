import * as z from 'zod';
import { ModelReference } from '../domain/batch/config.ts';
import { RunStatus } from '../domain/batch/run.ts';
import { Life } from '../domain/deployment.ts';
import { Id, Time } from '../domain/fields.ts';

export const Type = z.enum(['batch', 'online']);

export const Run = z
  .object({
    run_id: Id,
    airflow_run_id: z.string().describe('Name of the execution'),
    status: RunStatus,
    rows_scored: z.int().nullable(),
    started_at: Time.nullable(),
    finished_at: Time.nullable(),
    scheduled_at: Time,
    resolved_model_version: z.string().nullable(),
    source_snapshot_id: z.string().nullable(),
    target_snapshot_id: z.string().nullable(),
    rows_failed: z.int().nullable(),
    error_message: z.string().nullable(),
  })
  .meta({ id: 'DeploymentRunSummary' });

export const Deployment = z
  .object({
    deployment_id: Id,
    name: z.string(),
    type: Type,
    status: Life,
    domain: z.string(),
    owner: z.string(),
    model: ModelReference,
    created_at: Time,
    updated_at: Time,
    resolved_model_version: z
      .string()
      .nullable()
      .describe('What the reference stands for now; null where there is no such alias any more'),
    dag_id: z.string().nullable(),
    dag_s3_uri: z.string().nullable(),
    schedule: z.string().nullable(),
    last_run: Run.nullable(),
    service_url: z.string().nullable(),
    replica_count: z.int().nullable(),
    ready_replicas: z.int().nullable(),
    allowed_roles: z.array(z.string()).nullable(),
    error_message: z.string().nullable(),
    stopped_at: Time.nullable(),
  })
  .meta({ id: 'DeploymentResponse' });
