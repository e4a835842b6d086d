import * as deployments from '../../adapters/deployments/deployments.ts';
import * as models from '../../adapters/models/models.ts';
import * as policies from '../../adapters/privacy/policies.ts';
import * as projects from '../../adapters/projects.ts';
import { createDeployment } from '../../contracts/deployments.ts';
import { created } from '../../domain/created.ts';
import { warningsOf } from '../../domain/privacy/policy.ts';
import { conflict, notFound, unsettled } from '../../domain/problem.ts';
import { newId, now } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { isRunning, run } from '../kit/machines/run.ts';

export const handler = endpoint(createDeployment, async (given) => {
  const { params, body, caller, operationId, repeat } = given;
  const project = await projects.load(caller, params.project_id);
  const model = await models.load(caller, body.model_id);
  if (model.project_id !== project.id) throw notFound('Model');
  const policy = body.privacy_policy_id ? await policies.of(project.id, body.privacy_policy_id) : undefined;
  if (body.privacy_policy_id && !policy) throw notFound('Privacy policy');
  if (model.status !== 'ready') throw conflict('Model is not ready');
  const { model_id, stage, ...config } = body;
  const warnings = policy && warningsOf(policy);
  const request = {
    kind: 'deploy' as const,
    ...{
      op_id: operationId,
      project_id: project.id,
      deployment_id: newId(),
      actor: caller.id,
      at: now(),
      repeat,
    },
    ...{ model_id, name: body.name, stage, config, warnings },
  };
  const answer = await run(request, given);
  if (!isRunning(answer)) return answer as ReturnType<typeof created>;
  const reserved = await deployments.get(project.id, 'online', request.deployment_id);
  if (!reserved) throw unsettled(operationId);
  return created(reserved, warnings);
});
