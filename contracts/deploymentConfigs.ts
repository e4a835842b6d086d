import * as z from 'zod';
import { ConfigBody, NewConfig } from '../domain/workspaces/config.ts';
import { route } from './route.ts';
import { entity, gone, pageIn, pageQuery, wherever } from './workspaceShapes.ts';

const shared = { group: 'workspaces', dialect: 'workspaces' } as const;
const inside = '/apis/models/v2/workspaces/{workspace}/deployment-configs';
const { workspace, name, versionNumber } = wherever;
const config = z.string().describe('The name of the configuration');

const ModelDeploymentConfig = z
  .object({
    ...entity,
    ...ConfigBody.shape,
  })
  .meta({ id: 'ModelDeploymentConfig' });

export const createDeploymentConfig = route({
  ...shared,
  id: 'createDeploymentConfig',
  scope: 'write',
  method: 'POST',
  path: inside,
  summary: 'Add a configuration that deployments are made from',
  params: z.object({ workspace }),
  body: NewConfig,
  repeatable: true,
  status: 201,
  returns: ModelDeploymentConfig,
});

export const listDeploymentConfigs = route({
  ...shared,
  id: 'listDeploymentConfigs',
  scope: 'read',
  method: 'GET',
  path: inside,
  summary: 'Configurations of a workspace, the latest version of each; filtered as deployments are',
  params: z.object({ workspace }),
  query: pageQuery,
  status: 200,
  returns: pageIn(ModelDeploymentConfig),
});

export const getDeploymentConfig = route({
  ...shared,
  id: 'getDeploymentConfig',
  scope: 'read',
  method: 'GET',
  path: `${inside}/{name}`,
  summary: 'The latest version of a configuration',
  params: z.object({ workspace, name }),
  status: 200,
  returns: ModelDeploymentConfig,
});

export const updateDeploymentConfig = route({
  ...shared,
  id: 'updateDeploymentConfig',
  scope: 'write',
  method: 'POST',
  path: `${inside}/{name}`,
  summary: 'A new version of a configuration; it keeps its project and nothing else',
  params: z.object({ workspace, name }),
  body: ConfigBody,
  repeatable: true,
  status: 201,
  returns: ModelDeploymentConfig,
});

export const deleteDeploymentConfig = route({
  ...shared,
  id: 'deleteDeploymentConfig',
  scope: 'write',
  method: 'DELETE',
  path: `${inside}/{name}`,
  summary: 'Remove all versions of a configuration that no deployment needs',
  params: z.object({ workspace, name }),
  repeatable: true,
  status: 204,
  returns: gone,
});

export const listConfigVersions = route({
  ...shared,
  id: 'listConfigVersions',
  scope: 'read',
  method: 'GET',
  path: `${inside}/{name}/versions`,
  summary: 'All versions of a configuration, newest first',
  params: z.object({ workspace, name }),
  status: 200,
  returns: z.array(ModelDeploymentConfig),
});

export const getConfigVersion = route({
  ...shared,
  id: 'getConfigVersion',
  scope: 'read',
  method: 'GET',
  path: `${inside}/{config}/versions/{name}`,
  summary: 'One version of a configuration',
  params: z.object({ workspace, config, name: versionNumber }),
  status: 200,
  returns: ModelDeploymentConfig,
});

export const deleteConfigVersion = route({
  ...shared,
  id: 'deleteConfigVersion',
  scope: 'write',
  method: 'DELETE',
  path: `${inside}/{config}/versions/{name}`,
  summary: 'Remove one version of a configuration that no deployment needs',
  params: z.object({ workspace, config, name: versionNumber }),
  repeatable: true,
  status: 204,
  returns: gone,
});
