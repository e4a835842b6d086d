import * as models from '../../adapters/models/models.ts';
import { putAlias } from '../../contracts/models.ts';
import { maySee } from '../../domain/apiKey.ts';
import { conflict, notFound } from '../../domain/problem.ts';
import { now } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(putAlias, async ({ params, body, caller, told, answer }) => {
  const known = await models.registered(params.name);
  if (!known || !maySee(caller, known.project_id)) throw notFound('Model');
  const id = await models.versionId(params.name, Number(body.version));
  const model = id && (await models.get(known.project_id, id));
  if (!id || !model) throw notFound('Model version');
  if (model.status !== 'ready') throw conflict('Model is not ready');
  const alias = { ...params, ...body, updated_at: now() };
  return models.setAlias(known.project_id, alias, answer(alias), told('alias.set', id));
});
