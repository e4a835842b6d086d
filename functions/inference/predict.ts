import { predict } from '../../contracts/inference.ts';
import { rowId } from '../../domain/id.ts';
import { assertShowable, privacyOf } from '../../domain/privacy.ts';
import { ownRequestId } from '../kit/http/answered.ts';
import { pipeline, success } from '../kit/http/pipeline.ts';
import { statusOf } from '../kit/http/wording.ts';
import { type Logging, log, ownColumns } from '../kit/inference/log.ts';
import { assertExplains, recordsOf, score } from '../kit/inference/score.ts';
import { explainerOf, scorerOf, servedBy } from '../kit/inference/serving.ts';

export const handler = pipeline(predict, async ({ params, body, caller, event }) => {
  const deployment = await servedBy(caller, params.deployment_id);
  const privacy = privacyOf(deployment.config, body.options, caller);
  assertShowable(privacy);
  const keep = privacy.logs
    ? 'nothing: no privacy policy'
    : body.options.store_payload
      ? 'inputs'
      : 'nothing';
  const logging: Logging = { deployment, caller, requestId: ownRequestId(event), keep };
  const started = performance.now();
  const elapsed = () => Math.round((performance.now() - started) * 1000) / 1000;
  try {
    const scorer = await scorerOf(deployment);
    const { model } = scorer;
    if (body.options.include_contributions) assertExplains(model);
    const explain = body.options.include_contributions ? await explainerOf(scorer) : undefined;
    const { told, bins, probabilities } = score(model, body, { explain, bin: scorer.bin });
    const latency_ms = elapsed();
    const records = recordsOf(body.inputs);
    const predictions = told.predictions.map(({ prediction }) => prediction);
    const inputs = records.map((record) => ownColumns(model.features, record));
    const id = await log(logging, {
      rows: records.length,
      status_code: 200,
      latency_ms,
      predictions,
      inputs,
      bins,
      probabilities,
    });
    return success(predict, { ...told, latency_ms, log_ids: records.map((_, row) => rowId(id, row)) });
  } catch (thrown) {
    const failed = { rows: 1, latency_ms: elapsed(), predictions: null, inputs: null, bins: null };
    await log(logging, { ...failed, status_code: statusOf(thrown) });
    throw thrown;
  }
});
