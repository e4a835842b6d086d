import type * as configRoutes from '../contracts/deploymentConfigs.ts';
import type * as workspaces from '../contracts/workspaces.ts';
import type { DataStack } from './data.ts';
import {
  checks,
  deletes,
  type Grant,
  gets,
  puts,
  putsBeside,
  queries,
  tells,
  updatesOnly,
} from './grants.ts';
import type { Grants } from './permissions.ts';

/** Context `externalDeployments` set to false: nothing runs elsewhere, and nobody may report that it does. */
const mayBeOff: Grant = (fn) => {
  if (String(fn.node.tryGetContext('externalDeployments')) === 'false')
    fn.addEnvironment('EXTERNAL_DEPLOYMENTS', 'none');
};

/** What the endpoints of the workspaces dialect may do. Of STATE they count what runs elsewhere, and write no pointer. */
export function workspacesRoutes(
  { control }: DataStack,
  caller: readonly Grant[],
  repeats: readonly Grant[],
): Grants<keyof typeof configRoutes | keyof typeof workspaces> {
  const asks = [...caller, gets(control, 'WS#*', 'P#*')];
  const deployments = [queries(control, 'P#*', 'DEP#*')];
  const reads = [...asks, ...deployments];
  const counts = updatesOnly(control, ['pk', 'sk', 'seq', 'total'], 'P#*');
  const writes = putsBeside(control, 'P#*', 'DEP#*', 'OUT#*');
  const adds = [
    ...reads,
    ...repeats,
    mayBeOff,
    gets(control, 'CFG#*'),
    queries(control, 'CFG#*'),
    checks(control, 'CFG#*'),
    counts,
    writes,
  ];
  const marks = [...reads, ...repeats, mayBeOff, counts, writes, deletes(control, 'P#*')];
  const configs = [...asks, gets(control, 'CFG#*'), queries(control, 'CFG#*')];
  const addsConfig = [...configs, ...repeats, mayBeOff, puts(control, 'CFG#*', 'OUT#*')];
  const dropsConfig = [
    ...configs,
    ...repeats,
    mayBeOff,
    queries(control, 'P#*'),
    checks(control, 'P#*'),
    deletes(control, 'CFG#*'),
    tells(control),
  ];
  return {
    createWorkspaceDeployment: adds,
    listWorkspaceDeployments: reads,
    getWorkspaceDeployment: reads,
    updateWorkspaceDeployment: adds,
    deleteWorkspaceDeployment: marks,
    listDeploymentVersions: reads,
    getDeploymentVersion: reads,
    deleteDeploymentVersion: marks,
    updateDeploymentStatus: [...reads, mayBeOff, writes],
    createDeploymentConfig: addsConfig,
    listDeploymentConfigs: configs,
    getDeploymentConfig: configs,
    updateDeploymentConfig: addsConfig,
    deleteDeploymentConfig: dropsConfig,
    listConfigVersions: configs,
    getConfigVersion: configs,
    deleteConfigVersion: dropsConfig,
  };
}
