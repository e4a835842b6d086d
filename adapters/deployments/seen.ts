import type { Seen } from '../../domain/change.ts';
import type { Deployment, Kind } from '../../domain/deployment.ts';
import type { Request } from '../../domain/operation.ts';
import * as batchNames from '../batch/names.ts';
import * as models from '../models/models.ts';
import * as policies from '../privacy/policies.ts';
import * as projects from '../projects.ts';
import * as deployments from './deployments.ts';
import * as operations from './operations.ts';

/**
 * All that a decision is made from, read strongly. The pointer and the deployment that it names are two reads: where
 * they disagree because a change came between them, both are read again.
 */
export async function see(request: Request): Promise<Seen> {
  for (;;) {
    const seen = await readOnce(request);
    const { project, production } = seen;
    if (project.prod === null || production?.stage === 'production') return seen;
    const again = await projects.get(project.id);
    if (again?.seq === project.seq) return seen;
  }
}

async function readOnce(request: Request): Promise<Seen> {
  const { project_id, deployment_id, op_id } = request;
  const one = async (id: string | undefined, kind: Kind = 'online') =>
    id === undefined ? undefined : deployments.get(project_id, kind, id);
  const modelId = wantedModel(request);
  const [project, operation, deployment, target, model] = await Promise.all([
    projects.get(project_id),
    operations.get(op_id),
    one(deployment_id, request.deployment_kind),
    one(request.kind === 'rollback' ? request.to_deployment_id : undefined),
    modelId === undefined ? undefined : models.get(project_id, modelId),
  ]);
  if (!project || !operation) throw new Error('an operation without a project or without a record');
  const production = await one(project.prod ?? undefined);
  if (request.kind === 'deploy' && request.batch) {
    const holder = await batchNames.holder(request.batch.model.model_name ?? '', request.name);
    return { project, operation, deployment, production, model, holder };
  }
  const name = request.kind === 'deploy' ? request.name : modelId && deployment?.name;
  const [newest] = name ? await deployments.named(project_id, name, 1) : [];
  const nextVersion = (newest?.version ?? 0) + 1;
  const takenElsewhere = newest?.kind === 'external';
  // The one in production was read last: where the request names it too, that reading counts, or one row would have
  // two states in one decision.
  const latest = (read: typeof deployment) => (read && read.id === production?.id ? production : read);
  const [named, wanted] = [latest(deployment), latest(target)];
  const policyGone = await isPolicyGone(request, deployment, target);
  return {
    ...{ project, operation, deployment: named, production, target: wanted },
    ...{ model, nextVersion, takenElsewhere, policyGone },
  };
}

/** Whether what is to run names a policy that is not there: a rollback brings back one deployment, or the like of the other. */
async function isPolicyGone(request: Request, like?: Deployment, back = like): Promise<boolean> {
  const config = request.kind === 'deploy' ? request.config : back?.config;
  const id = request.kind === 'deploy' || request.kind === 'rollback' ? config?.privacy_policy_id : null;
  return id ? (await policies.of(request.project_id, id)) === undefined : false;
}

function wantedModel(request: Request): string | undefined {
  if (request.kind === 'deploy') return request.model_id;
  return request.kind === 'rollback' && !request.to_deployment_id ? request.to_model_id : undefined;
}
