import { reportRun } from '../../contracts/batch.ts';
import { shownRun } from '../../domain/batch/run.ts';
import { assertBatch, loadManaged } from '../kit/batch/named.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { report } from '../kit/runs/report.ts';

export const handler = endpoint(reportRun, async ({ params, body, caller }) => {
  const deployment = await loadManaged(caller, params);
  assertBatch(deployment);
  return shownRun(await report(deployment, body, caller.id));
});
