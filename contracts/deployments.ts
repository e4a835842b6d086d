import * as z from 'zod';
import { Config, Deployment, Stage, WantedStage } from '../domain/deployment.ts';
import { Id, Name, Time } from '../domain/fields.ts';
import { ColumnMap } from '../domain/privacy/columns.ts';
import { route } from './route.ts';
import { limit, nothing, offset, ok, page } from './shapes.ts';

const shared = { group: 'deployments', dialect: 'mlops' } as const;
const project_id = Id.describe('Project that owns the model');
const deployment_id = Id.describe('The deployment');

/** What only the live dialect sets and shows. */
const elsewhere = { branch: true, runtime: true } as const;

const Status = z.enum(['active', 'inactive', 'failed']);
const Item = z
  .object({
    ...Deployment.pick({ id: true, model_id: true, stage: true }).shape,
    is_active: z.boolean(),
    config: Config.omit(elsewhere),
    created_at: Time,
    status: Status,
    error_message: z.string().optional(),
  })
  .meta({ id: 'DeploymentItem' });

export const createDeployment = route({
  ...shared,
  id: 'createDeployment',
  scope: 'write',
  method: 'POST',
  path: '/api/mlops/projects/{project_id}/deployments',
  summary: 'Deploy a model to staging or production; a production deployment archives the one before it',
  params: z.object({ project_id }),
  body: z
    .object({
      model_id: Id,
      name: Name,
      stage: WantedStage,
      ...Config.omit({ name: true, ...elsewhere }).shape,
      traffic_percent: Config.shape.traffic_percent.default(100),
      privacy_column_map: ColumnMap.optional(),
    })
    .meta({ id: 'CreateDeployment' }),
  repeatable: true,
  status: 201,
  returns: z.object({
    id: Id,
    deployment_id: Id,
    stage: Stage,
    is_active: z.boolean(),
    status: Status,
    warnings: z.array(z.string()).optional(),
  }),
});

export const listDeployments = route({
  ...shared,
  id: 'listDeployments',
  scope: 'read',
  method: 'GET',
  path: '/api/mlops/projects/{project_id}/deployments',
  summary: 'All deployments of a project, newest first, archived ones included',
  params: z.object({ project_id }),
  query: z.object({ limit: limit(200), offset: offset() }),
  status: 200,
  returns: page(Item),
});

export const getDeployment = route({
  ...shared,
  id: 'getDeployment',
  scope: 'read',
  method: 'GET',
  path: '/api/mlops/deployments/{deployment_id}',
  summary: 'One deployment and the model that it serves',
  params: z.object({ deployment_id }),
  status: 200,
  returns: z.object({
    deployment: z.object({ ...Item.shape, project_id: Id }),
    model: z.object({ id: Id, name: z.string(), algo: z.string().nullable(), version: z.string() }),
  }),
});

const moved = {
  ok: z.literal(true),
  deployment_id: Id,
  stage: z.literal('production'),
  archived_deployment_id: Id.nullable(),
};

export const promoteDeployment = route({
  ...shared,
  id: 'promoteDeployment',
  scope: 'write',
  method: 'POST',
  path: '/api/mlops/deployments/{deployment_id}/promote',
  summary: 'Move a staging deployment to production; the one that was there is archived',
  params: z.object({ deployment_id }),
  body: z.object({ to_stage: z.literal('production') }),
  repeatable: true,
  status: 200,
  returns: z.object(moved),
});

export const rollbackDeployment = route({
  ...shared,
  id: 'rollbackDeployment',
  scope: 'write',
  method: 'POST',
  path: '/api/mlops/deployments/{deployment_id}/rollback',
  summary: 'Put an archived deployment, or a model, back into production',
  params: z.object({ deployment_id }),
  body: z
    .object({ to_deployment_id: Id.optional(), to_model_id: Id.optional() })
    .refine(({ to_deployment_id, to_model_id }) => to_deployment_id ?? to_model_id, {
      error: 'Provide to_deployment_id or to_model_id',
    }),
  repeatable: true,
  status: 200,
  returns: z.object(moved),
});

export const deactivateDeployment = route({
  ...shared,
  id: 'deactivateDeployment',
  scope: 'write',
  method: 'POST',
  path: '/api/mlops/deployments/{deployment_id}/deactivate',
  summary: 'Take a deployment out of service without putting another in its place',
  params: z.object({ deployment_id }),
  body: nothing,
  bodyOr: {},
  repeatable: true,
  status: 200,
  returns: ok,
});
