import * as runs from '../../adapters/batch/runs.ts';
import { listRuns } from '../../contracts/batch.ts';
import { shownRun } from '../../domain/batch/run.ts';
import { assertBatch, loadNamed } from '../kit/batch/named.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { newestRuns } from '../kit/runs/newest.ts';

export const handler = endpoint(listRuns, async ({ params, query, caller }) => {
  const deployment = await loadNamed(caller, params);
  assertBatch(deployment);
  const { limit, offset } = query;
  const [found, total] = await Promise.all([newestRuns(deployment, offset + limit), runs.count(deployment)]);
  return { items: found.slice(offset).map(shownRun), total, limit, offset };
});
