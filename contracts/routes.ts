import { createApiKey, listApiKeys, revokeApiKey } from './apiKeys.ts';
import * as batch from './batch.ts';
import * as configs from './deploymentConfigs.ts';
import * as deployments from './deployments.ts';
import { listInferenceLogs, predict } from './inference.ts';
import * as live from './live.ts';
import * as models from './models.ts';
import { getDrift, getMetrics, reportActuals, runDrift } from './monitoring.ts';
import { createProject, getProject, listProjects } from './projects.ts';
import { getHealth, getJob, getOpenapi } from './service.ts';
import * as workspaces from './workspaces.ts';

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
  batch.createBatchDeployment,
  batch.listBatchDeployments,
  batch.getBatchDeployment,
  batch.deleteBatchDeployment,
  batch.triggerBatchDeployment,
  batch.stopBatchDeployment,
  batch.startBatchDeployment,
  batch.putAllowedRoles,
  batch.listRuns,
  batch.reportRun,
  live.getLiveDeployment,
  live.listLiveDeployments,
  live.createLiveDeployment,
  live.replaceLiveDeployment,
  live.transformJson,
  live.startLiveDeployment,
  live.disableLiveDeployment,
  workspaces.updateDeploymentStatus,
  workspaces.createWorkspaceDeployment,
  workspaces.listWorkspaceDeployments,
  workspaces.getWorkspaceDeployment,
  workspaces.updateWorkspaceDeployment,
  workspaces.deleteWorkspaceDeployment,
  workspaces.listDeploymentVersions,
  workspaces.getDeploymentVersion,
  workspaces.deleteDeploymentVersion,
  configs.createDeploymentConfig,
  configs.listDeploymentConfigs,
  configs.getDeploymentConfig,
  configs.updateDeploymentConfig,
  configs.deleteDeploymentConfig,
  configs.listConfigVersions,
  configs.getConfigVersion,
  configs.deleteConfigVersion,
  getJob,
  createApiKey,
  listApiKeys,
  revokeApiKey,
  getHealth,
  getOpenapi,
] as const;
export type OperationId = (typeof routes)[number]['id'];
