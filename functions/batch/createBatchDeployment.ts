import * as definitions from '../../adapters/batch/definitions.ts';
import * as names from '../../adapters/batch/names.ts';
import * as deployments from '../../adapters/deployments/deployments.ts';
import { createBatchDeployment } from '../../contracts/batch.ts';
import { configOf, referenceTo } from '../../domain/batch/create.ts';
import { conflict, unsettled } from '../../domain/problem.ts';
import { checkFilter } from '../kit/batch/checkFilter.ts';
import { assertEngine } from '../kit/batch/engines.ts';
import { beginFirstRun } from '../kit/batch/firstRun.ts';
import { loadModel, versionMeant } from '../kit/batch/named.ts';
import { viewOf } from '../kit/batch/view.ts';
import { newId, now } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { run } from '../kit/machines/run.ts';
import { fault } from '../kit/metrics.ts';

export const handler = endpoint(createBatchDeployment, async (given) => {
  const { params, body, caller, operationId, repeat, event } = given;
  assertEngine(body.engine);
  if (body.source.filter_sql !== null) await checkFilter(body.source.filter_sql);
  const known = await loadModel(caller, params.model);
  const model = referenceTo(known.name, body.model);
  const meant = await versionMeant(known, model);
  if (await names.holder(known.name, body.name))
    throw conflict(`Deployment '${body.name}' already exists for model '${known.name}'`);
  const deployment_id = newId();
  const dag_s3_uri = definitions.address(deployment_id);
  const batch = configOf(body, { model, resolved_model_version: meant.version, dag_s3_uri });
  await definitions.keep(deployment_id, batch);
  const { project_id } = known;
  const answer = await run(
    {
      kind: 'deploy',
      ...{ op_id: operationId, project_id, deployment_id, deployment_kind: 'batch', actor: caller.id },
      ...{ at: now(), repeat, model_id: meant.model_id, name: body.name, stage: 'staging', batch },
      config: { name: body.name, traffic_percent: 100 },
      allowed_roles: body.allowed_roles,
    },
    given,
  );
  const made = await deployments.get(project_id, 'batch', String(answer.deployment_id ?? deployment_id));
  if (!made) throw unsettled(operationId);
  // What cannot be started now is started by the event of the deployment.
  await beginFirstRun(made).catch((thrown) => {
    if (thrown instanceof Error) fault('createBatchDeployment', thrown);
  });
  return viewOf(made, { model: known.name, event });
});
