import type { Deployment } from '../../domain/deployment.ts';
import * as deployments from './deployments.ts';

/** The newest online deployment of a name in a project that runs a version of this model; undefined where there is none. */
export async function newestOnline(
  projectId: string,
  name: string,
  modelIds: ReadonlySet<string>,
): Promise<Deployment | undefined> {
  for (const { dep, kind } of await deployments.named(projectId, name)) {
    const deployment = kind === 'online' ? await deployments.get(projectId, kind, dep) : undefined;
    if (deployment && modelIds.has(deployment.model_id)) return deployment;
  }
  return undefined;
}
