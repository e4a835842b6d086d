import * as artifacts from '../../adapters/models/artifacts.ts';
import * as models from '../../adapters/models/models.ts';
import { completeModel } from '../../contracts/models.ts';
import { completed, refused } from '../../domain/model.ts';
import { conflict, Problem, stale } from '../../domain/problem.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { examine } from '../kit/models/examine.ts';
import { viewOf } from '../kit/models/views.ts';

export const handler = endpoint(completeModel, async ({ params, caller, ifMatch, answer, told }) => {
  const model = await models.load(caller, params.model_id);
  if (ifMatch !== undefined && ifMatch !== model.rev) throw stale();
  if (model.status === 'ready') return { ok: true as const, model: await viewOf(model) };
  if (model.status === 'failed')
    throw new Problem('invalid', model.error_message ?? 'Register the model again');
  const size = await artifacts.uploaded(model.id, 'artifact');
  if (size === undefined) throw conflict('Artifact has not been uploaded');
  const examined = await examine(model, size);
  if (typeof examined === 'string') {
    const failed = told('model.failed', model.id);
    await models.save(model, refused(model, examined), { status: 422, body: undefined }, failed);
    throw new Problem('invalid', examined);
  }
  const ready = completed(model, examined);
  const reply = answer({ ok: true, model: await viewOf(ready) });
  return models.save(model, ready, reply, told('model.ready', model.id));
});
