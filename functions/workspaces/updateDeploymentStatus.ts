import { again } from '../../adapters/aws/again.ts';
import * as held from '../../adapters/workspaces/held.ts';
import * as reports from '../../adapters/workspaces/reports.ts';
import { updateDeploymentStatus } from '../../contracts/workspaces.ts';
import { conflict, stale } from '../../domain/problem.ts';
import { report } from '../../domain/workspaces/report.ts';
import { now } from '../kit/clock.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { show } from '../kit/workspaces/show.ts';
import { assertEnabled, missing, wanted } from '../kit/workspaces/words.ts';

export const handler = endpoint(updateDeploymentStatus, async (given) => {
  const { params, query, body, caller, operationId, ifMatch } = given;
  assertEnabled();
  const version = wanted(query.version);
  const project = await held.workspace(caller, params.workspace);
  const reported = await again(async () => {
    const found = project && version !== 'none' && (await held.version(project, params.name, version));
    if (!found) throw missing('Deployment', params.workspace, params.name, query.version);
    if (ifMatch !== undefined && ifMatch !== found.rev) throw stale();
    const by = { actor: caller.id, at: now(), op_id: operationId };
    const verdict = report(found, body, by);
    if (verdict.do === 'refuse') throw conflict(verdict.why);
    if (verdict.do === 'nothing') return found;
    return (await reports.write([verdict.reported], by)) ? verdict.reported.after : undefined;
  });
  return show(reported, params.workspace);
});
