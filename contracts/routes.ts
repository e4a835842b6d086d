import * as alerts from './alerts.ts';
import { createApiKey, listApiKeys, revokeApiKey } from './apiKeys.ts';
import { listAccessAudit, listAudit } from './audit.ts';
import * as backtest from './backtest.ts';
import * as batch from './batch.ts';
import * as deliveries from './deliveries.ts';
import * as configs from './deploymentConfigs.ts';
import * as deployments from './deployments.ts';
import { listInferenceLogs, predict } from './inference.ts';
import * as live from './live.ts';
import * as models from './models.ts';
import { getDrift, getMetrics, reportActuals, runDrift } from './monitoring.ts';
import * as privacy from './privacy.ts';
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
  alerts.createAlertRule,
  alerts.listAlertRules,
  alerts.getAlertRule,
  alerts.updateAlertRule,
  alerts.deleteAlertRule,
  backtest.backtestAlertRule,
  backtest.backtestNewAlertRule,
  alerts.listAlerts,
  alerts.getAlert,
  alerts.acknowledgeAlert,
  alerts.unacknowledgeAlert,
  deliveries.testAlertRule,
  deliveries.listDeliveries,
  deliveries.redriveDelivery,
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
  privacy.createPrivacyPolicy,
  privacy.listPrivacyPolicies,
  privacy.getPrivacyPolicy,
  privacy.updatePrivacyPolicy,
  privacy.deletePrivacyPolicy,
  privacy.createPrivacyRule,
  privacy.updatePrivacyRule,
  privacy.deletePrivacyRule,
  getJob,
  createApiKey,
  listApiKeys,
  revokeApiKey,
  listAudit,
  listAccessAudit,
  getHealth,
  getOpenapi,
] as const;
export type OperationId = (typeof routes)[number]['id'];
