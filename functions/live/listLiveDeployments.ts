import * as names from '../../adapters/models/names.ts';
import { listLiveDeployments } from '../../contracts/live.ts';
import type { Caller } from '../../domain/apiKey.ts';
import { idIn } from '../../domain/live/rid.ts';
import { liveDeployment } from '../../domain/live/view.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { ofModel } from '../kit/live/ofModel.ts';

const findModel = async ({ query, caller }: { query: { modelRid: string }; caller: Caller }) =>
  names.byId(caller, idIn('model', query.modelRid) ?? '');

export const handler = endpoint(
  listLiveDeployments,
  async ({ query: { branch }, found: model }) => {
    if (!model) return { data: [] };
    const deployments = await ofModel(model);
    const wanted = deployments.filter(({ config }) => branch === undefined || config.branch === branch);
    return { data: wanted.map((one) => liveDeployment(one, model.registered_model_id)) };
  },
  findModel,
);
