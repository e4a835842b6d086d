import * as z from 'zod';
import { engines, rerunBehaviors } from '../domain/batch/config.ts';
import { RunStatus } from '../domain/batch/run.ts';
import { isTimeZone } from '../domain/cron.ts';
import { Life } from '../domain/deployment.ts';
import { Name, text, ZonedTime } from '../domain/fields.ts';
import { Cron, DnsLabel, Identifier, Roles, SnapshotId } from './batchFields.ts';
import { Deployment, Run, Type } from './batchShapes.ts';
import { route } from './route.ts';
import { limit, nothing, offset, page } from './shapes.ts';

const shared = { group: 'batch', dialect: 'batch' } as const;
const model = Name.describe('Registered model');
const params = z.object({ model, name: Name.describe('Name of the deployment') });
const one = '/api/models/{model}/deployments/{name}';

/** An empty text names no version and no alias. */
const set = (value: string | null | undefined) => value !== null && value !== undefined && value !== '';
const Reference = z
  .object({
    model_name: z.string().nullable().optional(),
    model_version: z.string().nullable().optional(),
    model_alias: z.string().nullable().optional(),
  })
  .refine(({ model_version, model_alias }) => set(model_version) !== set(model_alias), {
    error: 'Exactly one of model_version / model_alias must be set',
  });

const catalog = Identifier.default('iceberg');

export const createBatchDeployment = route({
  ...shared,
  id: 'createBatchDeployment',
  operates: true,
  scope: 'write',
  method: 'POST',
  path: '/api/models/{model}/deployments',
  summary: 'Score an Iceberg table with a registered model, on a schedule or when somebody asks',
  params: z.object({ model }),
  body: z
    .object({
      name: DnsLabel,
      model: Reference,
      source: z.object({
        schema: Identifier,
        table: Identifier,
        catalog,
        filter_sql: z
          .string()
          .nullable()
          .default(null)
          .describe('One condition over the columns of the source'),
        snapshot_id: SnapshotId.nullable().default(null),
      }),
      target: z.object({ schema: Identifier, table: Identifier, catalog }),
      entity_columns: z
        .array(Identifier)
        .min(1)
        .max(100)
        .refine((names) => new Set(names).size === names.length, { error: 'A column is named twice' }),
      domain: text(0, 1000),
      owner: text(0, 1000),
      type: z.literal('batch').default('batch'),
      schedule: Cron.nullable().default(null),
      schedule_timezone: z
        .string()
        .refine(isTimeZone, { error: 'A time zone is a name such as Europe/Berlin' })
        .default('UTC'),
      rerun_behavior: z.enum(rerunBehaviors).default('overwrite_partition'),
      partition_column: Identifier.default('scored_at'),
      trigger_now: z.boolean().default(false),
      engine: z
        .enum(engines)
        .default('lambda')
        .describe(
          'What scores the rows; a job of Spark only where the installation has an application for it',
        ),
      allowed_roles: Roles.max(100).nullable().default(null),
    })
    .meta({ id: 'CreateBatchDeployment' }),
  lossless: true,
  repeatable: true,
  status: 201,
  returns: Deployment,
});

export const listBatchDeployments = route({
  ...shared,
  id: 'listBatchDeployments',
  scope: 'read',
  method: 'GET',
  path: '/api/models/{model}/deployments',
  summary: 'Deployments of a model, batch and online, newest first; archived ones where they are asked for',
  params: z.object({ model }),
  query: z.object({
    limit: limit(200),
    offset: offset(),
    status: Life.optional(),
    type: Type.optional(),
  }),
  status: 200,
  returns: page(Deployment),
});

export const getBatchDeployment = route({
  ...shared,
  id: 'getBatchDeployment',
  scope: 'read',
  method: 'GET',
  path: one,
  summary: 'One deployment of a model with its last run',
  params,
  status: 200,
  returns: Deployment,
});

export const deleteBatchDeployment = route({
  ...shared,
  id: 'deleteBatchDeployment',
  operates: true,
  scope: 'write',
  method: 'DELETE',
  path: one,
  summary: 'Archive a deployment; its name is free again, a run in progress finishes',
  params,
  repeatable: true,
  status: 200,
  returns: Deployment,
});

const acting = { ...shared, scope: 'write', method: 'POST', params, repeatable: true, status: 200 } as const;
const bodyless = { body: nothing, bodyOr: {} };

export const stopBatchDeployment = route({
  ...acting,
  ...bodyless,
  id: 'stopBatchDeployment',
  operates: true,
  path: `${one}/stop`,
  summary: 'Take a deployment out of service for a while',
  returns: Deployment,
});

export const startBatchDeployment = route({
  ...acting,
  ...bodyless,
  id: 'startBatchDeployment',
  operates: true,
  path: `${one}/start`,
  summary: 'Put a stopped deployment back into service',
  returns: Deployment,
});

export const triggerBatchDeployment = route({
  ...acting,
  id: 'triggerBatchDeployment',
  path: `${one}/trigger`,
  summary: 'Run a batch deployment now, or a past slot of it again',
  body: z.object({
    scheduled_at: ZonedTime.nullable().optional().describe('The slot; now where nobody says'),
  }),
  bodyOr: {},
  returns: Run,
});

export const putAllowedRoles = route({
  ...acting,
  id: 'putAllowedRoles',
  method: 'PUT',
  path: `${one}/allowed_roles`,
  summary:
    'Replace the roles of which a user needs one to run or manage a deployment; none: platform keys only',
  body: z.object({ allowed_roles: Roles.max(100).nullable() }),
  returns: Deployment,
});

export const listRuns = route({
  ...shared,
  id: 'listRuns',
  scope: 'read',
  method: 'GET',
  path: `${one}/runs`,
  summary: 'Runs of a batch deployment, newest first',
  params,
  query: z.object({ limit: limit(), offset: offset() }),
  status: 200,
  returns: page(Run),
});

export const reportRun = route({
  ...acting,
  id: 'reportRun',
  path: `${one}/runs`,
  summary: 'Report a run that another scheduler made; what is over stays as it is',
  body: z.object({
    airflow_run_id: text(1, 250),
    status: RunStatus,
    rows_scored: z.int().min(0).nullable().optional(),
    error_message: text(0, 1000).nullable().optional(),
  }),
  presharedKey: true,
  returns: Run,
});
