import type { predict } from '../../../contracts/inference.ts';
import type { Input } from '../../../contracts/route.ts';
import { rowId } from '../../../domain/id.ts';
import { Problem } from '../../../domain/problem.ts';
import { statusOf } from '../http/wording.ts';
import { type Logging, log, ownColumns } from './log.ts';
import { assertExplains, recordsOf, score } from './score.ts';
import { explainerOf, scorerOf } from './serving.ts';

type Body = Input<typeof predict>['body'];

/**
 * Score what was sent and log it, row by row; a request that cannot be answered is logged as one row. `worded` says a
 * failure in the words of the dialect, by whose status it is logged.
 */
export async function answer(
  logging: Logging,
  body: Body,
  worded: (thrown: unknown) => unknown = (thrown) => thrown,
) {
  const started = performance.now();
  const elapsed = () => Math.round((performance.now() - started) * 1000) / 1000;
  try {
    if (logging.copies.unshowable) throw unshowable();
    const scorer = await scorerOf(logging.deployment);
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
    return {
      ...told,
      predictions: logging.copies.told(told.predictions),
      latency_ms,
      log_ids: records.map((_, row) => rowId(id, row)),
    };
  } catch (thrown) {
    const failure = worded(thrown);
    const failed = { rows: 1, latency_ms: elapsed(), predictions: null, inputs: null, bins: null };
    await log(logging, { ...failed, status_code: statusOf(failure) });
    throw failure;
  }
}

/** Better no answer than a plain one. */
const unshowable = () =>
  new Problem('busy', 'The answer cannot be anonymised at the moment', { 'retry-after': '1' });
