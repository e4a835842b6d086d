import { transformJson } from '../../contracts/live.ts';
import { assertServes, output, sent, worded } from '../../domain/live/input.ts';
import { ownRequestId } from '../kit/http/answered.ts';
import { pipeline, success } from '../kit/http/pipeline.ts';
import { answer } from '../kit/inference/answer.ts';
import { copiesFor } from '../kit/inference/privacy.ts';
import { findServed } from '../kit/live/served.ts';

const options = { include_contributions: false, include_probabilities: true, store_payload: true };

export const handler = pipeline(
  transformJson,
  async ({ params: { liveDeploymentRid: rid }, body, caller, event, found: deployment }) => {
    const asked = sent(body.input, rid);
    assertServes(deployment, rid);
    const copies = await copiesFor(caller, deployment);
    const logging = { deployment, caller, requestId: ownRequestId(event), storesInputs: true, copies };
    const { predictions } = await answer(logging, { inputs: asked.inputs, options }, (thrown) =>
      worded(thrown, rid),
    );
    return success(transformJson, { output: output(predictions, asked) });
  },
  findServed,
);
