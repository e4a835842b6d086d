import * as deployments from '../../adapters/deployments/deployments.ts';
import * as names from '../../adapters/models/names.ts';
import { createLiveDeployment } from '../../contracts/live.ts';
import { Name } from '../../domain/fields.ts';
import { invalid, problem, unknownModel } from '../../domain/live/errors.ts';
import { idIn } from '../../domain/live/rid.ts';
import { present, refusal } from '../../domain/live/runtime.ts';
import { liveDeployment } from '../../domain/live/view.ts';
import { unsettled } from '../../domain/problem.ts';
import { newId, now } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { versionFor } from '../kit/live/choose.ts';
import { run } from '../kit/machines/run.ts';

export const handler = endpoint(
  createLiveDeployment,
  async (given) => {
    const { deploymentType, runtimeConfiguration } = given.body;
    const { modelRid, branch } = deploymentType;
    const refused = refusal(runtimeConfiguration);
    if (refused) throw problem(refused);
    const registered = await names.byId(given.caller, idIn('model', modelRid) ?? '');
    if (!registered) throw unknownModel(modelRid);
    const name = `${registered.name}-${branch}`;
    if (branch === '' || !Name.safeParse(name).success) throw invalid('The branch cannot be part of a name');
    const model = await versionFor(registered, branch);
    const config = { name, traffic_percent: 100, branch, runtime: present(runtimeConfiguration) };
    const answer = await run(
      {
        ...{ kind: 'deploy', op_id: given.operationId, project_id: model.project_id },
        ...{ deployment_id: newId(), actor: given.caller.id, at: now() },
        ...{ model_id: model.id, name, stage: 'staging', config },
      },
      given,
    );
    const made = await deployments.get(model.project_id, 'online', String(answer.deployment_id));
    if (!made) throw unsettled(given.operationId);
    return liveDeployment(made, registered.registered_model_id);
  },
  async () => undefined,
);
