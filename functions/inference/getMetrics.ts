import * as deployments from '../../adapters/deployments.ts';
import { getMetrics } from '../../contracts/inference.ts';
import { metricsOf } from '../../domain/aggregates/metrics.ts';
import { time } from '../../domain/fields.ts';
import { countedIn, rangeOf } from '../kit/aggregates/measure.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(getMetrics, async ({ params, query, caller }) => {
  const { id } = await deployments.load(caller, params.deployment_id);
  const now = Date.now();
  const range = rangeOf(query, now);
  const { since, until, step, latency, series, ...total } = metricsOf(await countedIn(id, range, now), range);
  return {
    deployment_id: id,
    since: time(since),
    until: time(until),
    step: step / 1000,
    ...total,
    latency_ms: latency,
    series: series.map(({ t, requests, rows, errors, latency: of }) => ({
      ...{ t: time(t), requests, rows, errors },
      ...of,
    })),
  };
});
