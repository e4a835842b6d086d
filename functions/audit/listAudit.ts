import * as projects from '../../adapters/projects.ts';
import { listAudit } from '../../contracts/audit.ts';
import { auditPage } from '../kit/audit.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(listAudit, async ({ params, query, caller }) => {
  const { id } = await projects.load(caller, params.project_id);
  return auditPage(id, query);
});
