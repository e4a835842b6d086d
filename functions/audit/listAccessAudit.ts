import { nobodysProject } from '../../adapters/items.ts';
import { listAccessAudit } from '../../contracts/audit.ts';
import { forbidden } from '../../domain/problem.ts';
import { auditPage } from '../kit/audit.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(listAccessAudit, ({ query, caller }) => {
  if (caller.projects !== null) throw forbidden('This key is limited to its projects');
  return auditPage(nobodysProject, query);
});
