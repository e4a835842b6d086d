import * as configured from '../../adapters/deployments/configured.ts';
import * as deployments from '../../adapters/deployments/deployments.ts';
import { replaceLiveDeployment } from '../../contracts/live.ts';
import { problem } from '../../domain/live/errors.ts';
import { reconfigured, refusal } from '../../domain/live/runtime.ts';
import { busy, stale } from '../../domain/problem.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { findManaged, view } from '../kit/live/find.ts';

export const handler = endpoint(
  replaceLiveDeployment,
  async ({ body, found, ifMatch, answer, told }) => {
    const refused = refusal(body.runtimeConfiguration);
    if (refused) throw problem(refused);
    let before: typeof found | undefined = found;
    for (let tried = 0; before && tried < 8; tried++) {
      if (ifMatch !== undefined && ifMatch !== before.rev) throw stale();
      const word = told('deployment.configured', found.id);
      const after = reconfigured(before, body.runtimeConfiguration, word.at);
      const reply = answer(await view(after));
      if (await configured.save(before, after, word, reply)) return reply.body;
      before = await deployments.get(found.project_id, 'online', found.id);
    }
    throw busy();
  },
  findManaged,
);
