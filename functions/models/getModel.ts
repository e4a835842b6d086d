import * as models from '../../adapters/models/models.ts';
import { getModel } from '../../contracts/models.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { viewOf } from '../kit/models/views.ts';

export const handler = endpoint(getModel, async ({ params, caller, header }) => {
  const model = await models.load(caller, params.model_id);
  header('etag', `"${model.rev}"`);
  return { model: await viewOf(model) };
});
