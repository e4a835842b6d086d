import * as audit from '../../adapters/audit.ts';
import type { listAudit } from '../../contracts/audit.ts';
import type { Input, Output } from '../../contracts/route.ts';
import { readPlaces, spellPlaces } from '../../domain/audit.ts';

const epoch = (time: string | undefined) => (time === undefined ? undefined : Date.parse(time));

/** A page of the audit log of a project. */
export async function auditPage(
  projectId: string,
  { limit, cursor, since, until, ...wanted }: Input<typeof listAudit>['query'],
): Promise<Output<typeof listAudit>> {
  const { entries, next } = await audit.list(projectId, {
    limit,
    from: readPlaces(cursor),
    wanted: { ...wanted, since: epoch(since), until: epoch(until) },
  });
  return { items: entries, limit, next_cursor: next ? spellPlaces(next) : null };
}
