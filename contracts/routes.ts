import { createApiKey, listApiKeys, revokeApiKey } from './apiKeys.ts';
import * as deployments from './deployments.ts';
import { listInferenceLogs, predict } from './inference.ts';
import * as models from './models.ts';
import { getDrift, getMetrics, reportActuals, runDrift } from './monitoring.ts';
import { createProject, getProject, listProjects } from './projects.ts';
import { getHealth, getJob, getOpenapi } from './service.ts';

/** Every endpoint, in the order of the documentation. */
export const routes = [
  createProject,
  listProjects,
  getProject,
  models.registerModel,
  models.completeModel,
  models.listModels,
  models.getModel,
  models.putAlias,
  models.deleteAlias,
  deployments.createDeployment,
  deployments.listDeployments,
  deployments.getDeployment,
  predict,
  deployments.promoteDeployment,
  deployments.rollbackDeployment,
  deployments.deactivateDeployment,
  getDrift,
  runDrift,
  reportActuals,
  listInferenceLogs,
  getMetrics,
  getJob,
  createApiKey,
  listApiKeys,
  revokeApiKey,
  getHealth,
  getOpenapi,
] as const;
export type OperationId = (typeof routes)[number]['id'];
