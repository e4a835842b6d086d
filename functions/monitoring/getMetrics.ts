import * as deployments from '../../adapters/deployments/deployments.ts';
import { getMetrics } from '../../contracts/monitoring.ts';
import { metricsOf } from '../../domain/aggregates/metrics.ts';
import { time } from '../../domain/fields.ts';
import { countedIn, rangeOf } from '../kit/aggregates/measure.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { qualityIn } from '../kit/quality/measure.ts';

export const handler = endpoint(getMetrics, async ({ params, query, caller }) => {
  const deployment = await deployments.load(caller, params.deployment_id);
  const { id } = deployment;
  const now = Date.now();
  const range = rangeOf(query, now);
  const parts = await countedIn(id, range, now);
  const { since, until, step, latency, series, ...total } = metricsOf(parts, range);
  return {
    deployment_id: id,
    since: time(since),
    until: time(until),
    step: step / 1000,
    ...total,
    latency_ms: latency,
    quality: await qualityIn(deployment, range, parts, now),
    series: series.map(({ t, requests, rows, errors, latency: of }) => ({
      ...{ t: time(t), requests, rows, errors },
      ...of,
    })),
  };
});
