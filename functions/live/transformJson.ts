import { transformJson } from '../../contracts/live.ts';
import { assertServes, output, sent, worded } from '../../domain/live/input.ts';
import { assertShowable, privacyOf } from '../../domain/privacy.ts';
import { ownRequestId } from '../kit/http/answered.ts';
import { pipeline, success } from '../kit/http/pipeline.ts';
import { answer } from '../kit/inference/answer.ts';
import { findServed } from '../kit/live/served.ts';

const options = { include_contributions: false, include_probabilities: true, store_payload: true };

export const handler = pipeline(
  transformJson,
  async ({ params: { liveDeploymentRid: rid }, body, caller, event, found: deployment }) => {
    const asked = sent(body.input, rid);
    assertServes(deployment, rid);
    const privacy = privacyOf(deployment.config, {}, caller);
    assertShowable(privacy);
    const keep = privacy.logs ? 'nothing: no privacy policy' : 'inputs';
    const logging = { deployment, caller, requestId: ownRequestId(event), keep } as const;
    const { predictions } = await answer(logging, { inputs: asked.inputs, options }, (thrown) =>
      worded(thrown, rid),
    );
    return success(transformJson, { output: output(predictions, asked) });
  },
  findServed,
);
