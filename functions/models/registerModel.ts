import * as artifacts from '../../adapters/models/artifacts.ts';
import * as models from '../../adapters/models/models.ts';
import * as projects from '../../adapters/projects.ts';
import { registerModel } from '../../contracts/models.ts';
import { registered, shown } from '../../domain/model.ts';
import { busy, conflict } from '../../domain/problem.ts';
import { newId, now } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(registerModel, async ({ body, caller, told, answer }) => {
  await projects.load(caller, body.project_id);
  const [id, at] = [newId(), now()];
  const uploads = {
    artifact: artifacts.upload(id, 'artifact', Date.parse(at)),
    baseline: artifacts.upload(id, 'baseline', Date.parse(at)),
  };
  for (let tried = 0; tried < 8; tried++) {
    const known = await models.registered(body.name);
    if (known && known.project_id !== body.project_id) throw conflict('Model name is taken');
    const place = {
      id,
      registered_model_id: known?.registered_model_id ?? id,
      version: (known?.versions ?? 0) + 1,
    };
    const model = registered(body, place, at);
    const view = shown(model, { aliases: [], is_best: false, is_production: false, is_staging: false });
    const reply = answer({ id, model_id: id, model: view, uploads });
    if (await models.add(model, reply, told('model.registered', id))) return reply.body;
  }
  throw busy();
});
