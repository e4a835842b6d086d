import * as z from 'zod';
import { Time, text } from '../domain/fields.ts';
import { AuthContext } from '../domain/workspaces/external.ts';
import { EntityName, enumeration, ProjectUrn, Short } from '../domain/workspaces/fields.ts';
import { Status } from '../domain/workspaces/words.ts';
import { route } from './route.ts';
import { entity, gone, pageIn, pageQuery, wherever } from './workspaceShapes.ts';

const shared = { group: 'workspaces', dialect: 'workspaces' } as const;
const inside = '/apis/models/v2/workspaces/{workspace}/deployments';
const { workspace, name, versionNumber } = wherever;
const deployment = z.string().describe('The name of the deployment');
const config_version = z.int().nullish().describe('Absent, null or 0: the latest');
const WithStatus = z.object({ status: Status, status_message: z.string() });

const ModelDeployment = z
  .object({
    ...entity,
    config: z.string(),
    config_version: z.int(),
    ...WithStatus.shape,
    status_history: z.array(z.object({ timestamp: Time, ...WithStatus.shape })),
    model_provider_id: z.string().nullish(),
    auth_context: AuthContext.partial().nullish(),
  })
  .meta({ id: 'ModelDeployment' });

export const createWorkspaceDeployment = route({
  ...shared,
  id: 'createWorkspaceDeployment',
  scope: 'write',
  method: 'POST',
  path: inside,
  summary: 'Add a deployment that runs elsewhere, and whose controller reports how it does',
  params: z.object({ workspace }),
  body: z.object({ name: EntityName, config: Short, config_version, project: ProjectUrn.nullish() }),
  repeatable: true,
  status: 201,
  returns: ModelDeployment,
});

export const listWorkspaceDeployments = route({
  ...shared,
  id: 'listWorkspaceDeployments',
  scope: 'read',
  method: 'GET',
  path: inside,
  summary:
    'Deployments of a workspace, the latest version of each; `filter[name][$like]=x` and others narrow it',
  params: z.object({ workspace }),
  query: pageQuery.extend({ all_versions: z.boolean().default(false) }),
  status: 200,
  returns: pageIn(ModelDeployment),
});

export const getWorkspaceDeployment = route({
  ...shared,
  id: 'getWorkspaceDeployment',
  scope: 'read',
  method: 'GET',
  path: `${inside}/{name}`,
  summary: 'The latest version of a deployment',
  params: z.object({ workspace, name }),
  status: 200,
  returns: ModelDeployment,
});

export const updateWorkspaceDeployment = route({
  ...shared,
  id: 'updateWorkspaceDeployment',
  scope: 'write',
  method: 'POST',
  path: `${inside}/{name}`,
  summary: 'A new version of a deployment; the ones before stay as they are',
  params: z.object({ workspace, name }),
  body: z.object({ config: Short, config_version }),
  repeatable: true,
  status: 201,
  returns: ModelDeployment,
});

export const deleteWorkspaceDeployment = route({
  ...shared,
  id: 'deleteWorkspaceDeployment',
  scope: 'write',
  method: 'DELETE',
  path: `${inside}/{name}`,
  summary: 'Mark all versions for deletion; those that are deleted already are removed, 204',
  params: z.object({ workspace, name }),
  repeatable: true,
  status: 202,
  returns: gone,
});

export const listDeploymentVersions = route({
  ...shared,
  id: 'listDeploymentVersions',
  scope: 'read',
  method: 'GET',
  path: `${inside}/{name}/versions`,
  summary: 'All versions of a deployment, newest first',
  params: z.object({ workspace, name }),
  status: 200,
  returns: z.array(ModelDeployment),
});

export const getDeploymentVersion = route({
  ...shared,
  id: 'getDeploymentVersion',
  scope: 'read',
  method: 'GET',
  path: `${inside}/{deployment}/versions/{name}`,
  summary: 'One version of a deployment',
  params: z.object({ workspace, deployment, name: versionNumber }),
  status: 200,
  returns: ModelDeployment,
});

export const deleteDeploymentVersion = route({
  ...shared,
  id: 'deleteDeploymentVersion',
  scope: 'write',
  method: 'DELETE',
  path: `${inside}/{deployment}/versions/{name}`,
  summary: 'Mark one version for deletion; one that is deleted already is removed, 204',
  params: z.object({ workspace, deployment, name: versionNumber }),
  repeatable: true,
  status: 202,
  returns: gone,
});

export const updateDeploymentStatus = route({
  ...shared,
  id: 'updateDeploymentStatus',
  scope: 'write',
  method: 'POST',
  path: `${inside}/{name}/status`,
  summary: 'Report how a deployment does; without a version, the latest of its name',
  params: z.object({ workspace, name }),
  query: z.object({ version: z.string().optional().describe('A whole number; empty: the latest') }),
  body: z
    .object({
      status: enumeration(Status.options),
      status_message: text(0, 1000).default(''),
      model_provider_id: Short.nullish(),
    })
    .meta({ id: 'DeploymentStatusReport' }),
  status: 200,
  returns: ModelDeployment,
});
