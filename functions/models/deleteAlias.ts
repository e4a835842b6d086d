import * as models from '../../adapters/models/models.ts';
import { deleteAlias } from '../../contracts/models.ts';
import { maySee } from '../../domain/apiKey.ts';
import { notFound } from '../../domain/problem.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(deleteAlias, async ({ params, caller, told }) => {
  const known = await models.registered(params.name);
  if (!known || !maySee(caller, known.project_id)) throw notFound('Model');
  const word = told('alias.removed', known.registered_model_id);
  if (!(await models.dropAlias(known.project_id, params.name, params.alias, word))) throw notFound('Alias');
  return { ok: true as const };
});
