import { predict } from '../../contracts/inference.ts';
import { ownRequestId } from '../kit/http/answered.ts';
import { pipeline, success } from '../kit/http/pipeline.ts';
import { answer } from '../kit/inference/answer.ts';
import { copiesFor } from '../kit/inference/privacy.ts';
import { servedBy } from '../kit/inference/serving.ts';

export const handler = pipeline(predict, async ({ params, body, caller, event }) => {
  const deployment = await servedBy(caller, params.deployment_id);
  const copies = await copiesFor(caller, deployment, body.options);
  const { store_payload: storesInputs } = body.options;
  const logging = { deployment, caller, requestId: ownRequestId(event), storesInputs, copies };
  return success(predict, await answer(logging, body));
});
