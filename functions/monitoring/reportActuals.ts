import * as deployments from '../../adapters/deployments/deployments.ts';
import { reportActuals } from '../../contracts/monitoring.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { keptLabels } from '../kit/privacy/labels.ts';
import { judgeFor } from '../kit/quality/judge.ts';
import { take } from '../kit/quality/take.ts';
import { wantedOf } from '../kit/quality/wanted.ts';

export const handler = endpoint(reportActuals, async ({ params, body, caller }) => {
  const deployment = await deployments.load(caller, params.deployment_id);
  const judge = await judgeFor(deployment);
  const wanted = await keptLabels(caller, deployment, wantedOf(judge, body.actuals));
  const unknown = await take({ deployment, judge, actor: caller.id }, wanted, Date.now());
  return { ok: true as const, accepted: wanted.length - unknown.length, unknown };
});
