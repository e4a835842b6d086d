import type { Deployment, Life } from '../deployment.ts';
import type { External } from '../workspaces/external.ts';
import { words } from '../workspaces/words.ts';
import { locator, ridOf } from './rid.ts';
import { present, usual } from './runtime.ts';

export const states = ['ACTIVE', 'STARTING', 'DEGRADED', 'DISABLED', 'FAILED'] as const;
interface Status {
  state: (typeof states)[number];
  isReady: boolean;
}

/** How each life reads here. Only what a model has just answered in a probe becomes active: so that alone is ready. */
export const statusOfLife: Record<Life, Status> = {
  pending: { state: 'STARTING', isReady: false },
  deploying: { state: 'STARTING', isReady: false },
  active: { state: 'ACTIVE', isReady: true },
  failed: { state: 'FAILED', isReady: false },
  stopped: { state: 'DISABLED', isReady: false },
  archived: { state: 'DISABLED', isReady: false },
};

/** A deployment as this dialect shows it. `registeredModelId` is the id that all versions of the model share. */
export const liveDeployment = (deployment: Deployment, registeredModelId: string) => ({
  rid: ridOf('deployment', deployment.id),
  modelVersion: {
    modelRid: ridOf('model', registeredModelId),
    modelVersionRid: ridOf('version', deployment.model_id),
  },
  ...(deployment.config.branch !== undefined && { branch: deployment.config.branch }),
  runtimeConfiguration: present(deployment.config.runtime ?? usual),
  status: statusOfLife[deployment.life],
});

/** What a controller reports says how it runs; a word that tells of no life says that not all is well. */
export const statusOfReport = ({ status, life }: Pick<External, 'status' | 'life'>): Status =>
  words[status].life === null ? { state: 'DEGRADED', isReady: false } : statusOfLife[life];

/** A deployment that runs elsewhere: what it was made from stands in the place of a model. */
export const liveExternal = (external: External) => ({
  rid: ridOf('deployment', external.id),
  modelVersion: {
    modelRid: ridOf('model', locator(external.config)),
    modelVersionRid: ridOf('version', locator(`${external.config}.${external.config_version}`)),
  },
  runtimeConfiguration: usual,
  status: statusOfReport(external),
});
