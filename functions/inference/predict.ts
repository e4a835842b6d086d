import { predict } from '../../contracts/inference.ts';
import { assertShowable, privacyOf } from '../../domain/privacy.ts';
import { ownRequestId } from '../kit/http/answered.ts';
import { pipeline, success } from '../kit/http/pipeline.ts';
import { answer } from '../kit/inference/answer.ts';
import { servedBy } from '../kit/inference/serving.ts';

export const handler = pipeline(predict, async ({ params, body, caller, event }) => {
  const deployment = await servedBy(caller, params.deployment_id);
  const privacy = privacyOf(deployment.config, body.options, caller);
  assertShowable(privacy);
  const keep = privacy.logs
    ? 'nothing: no privacy policy'
    : body.options.store_payload
      ? 'inputs'
      : 'nothing';
  return success(predict, await answer({ deployment, caller, requestId: ownRequestId(event), keep }, body));
});
