import { shownBatch } from './batch/shown.ts';
import { type Deployment, status } from './deployment.ts';
import type { RequestOf } from './operation.ts';

/** The answer of a create, at whatever point of its life the new deployment is. */
export const created = (deployment: Deployment, warnings?: readonly string[]) => ({
  id: deployment.id,
  deployment_id: deployment.id,
  stage: deployment.stage,
  is_active: deployment.life === 'active',
  status: status[deployment.life],
  ...(warnings && { warnings: [...warnings] }),
});

/** The same in the words of the dialect that it was created in. */
export const resultOf = (deployment: Deployment, { warnings }: RequestOf<'deploy'>) =>
  deployment.kind === 'batch' ? shownBatch(deployment) : created(deployment, warnings);
