import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Answer } from '../../domain/answer.ts';
import { type Caller, maySee } from '../../domain/apiKey.ts';
import type { Event } from '../../domain/change.ts';
import type { HistoryEntry } from '../../domain/deployment.ts';
import type { Project } from '../../domain/project.ts';
import { type By, External } from '../../domain/workspaces/external.ts';
import { written } from '../aws/again.ts';
import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { check, completing, type Item, put, remove, replace } from '../aws/transact.ts';
import { at, v } from '../items.ts';

export const externalItem = (external: External) => ({
  ...at.deployment(external.project_id, 'external', external.id),
  v,
  ...external,
});
export const externalOf = (item: Record<string, unknown>): External => External.parse(item);

const item = async (Key: { pk: string; sk: string }) =>
  (await table.send(new GetCommand({ TableName: env('CONTROL_TABLE'), Key, ConsistentRead: true }))).Item;

/** The deployment of this id, if it runs elsewhere, is not removed, and the caller may see its project. */
export async function byId(caller: Caller, id: string): Promise<External | undefined> {
  const place = await item(at.deploymentPlace(id));
  if (place?.kind !== 'external' || !maySee(caller, String(place.pid))) return undefined;
  return get(String(place.pid), id);
}

export async function get(projectId: string, id: string): Promise<External | undefined> {
  const Item = await item(at.deployment(projectId, 'external', id));
  return Item && externalOf(Item);
}

/** Every version of every external deployment of a project, in no order. */
export async function every(projectId: string): Promise<External[]> {
  const { pk, sk } = at.deployment(projectId, 'external', '');
  const items = await found({
    TableName: env('CONTROL_TABLE'),
    KeyConditionExpression: 'pk = :project AND begins_with(sk, :kind)',
    ExpressionAttributeValues: { ':project': pk, ':kind': sk },
  });
  return items.map(externalOf);
}

/**
 * One change of how many there are, and the event that tells of it. The pointer to production is none of its business:
 * so only these two attributes are written, and the roles of those who do so allow no other.
 */
function counted(
  type: Event['type'],
  { id, seq, total }: Project,
  grown: 1 | -1,
  { dep, by: { actor, at: time, op_id } }: { dep: string; by: By },
): Item[] {
  const next = seq + 1;
  const event: Omit<Event, 'prev'> = { seq: next, type, project_id: id, dep, op_id, actor, at: time };
  const Update = {
    TableName: env('CONTROL_TABLE'),
    Key: at.project(id),
    UpdateExpression: 'SET #seq = :next, #total = :total',
    ConditionExpression: '#seq = :seq',
    ExpressionAttributeNames: { '#seq': 'seq', '#total': 'total' },
    ExpressionAttributeValues: {
      ...{ ':seq': seq, ':next': next },
      ':total': { ...total, external: total.external + grown },
    },
  };
  return [{ Update }, put({ ...at.event(id, next), v, ...event })];
}

/** Store a new version together with all that leads to it; false: what it was decided from has changed. */
export function add<B>(
  { made, entry }: { made: External; entry: HistoryEntry },
  before: Project,
  by: By,
  answer: Answer<B>,
): Promise<boolean> {
  return written(by.op_id, [
    ...counted('deployment.created', before, 1, { dep: made.id, by }),
    put(externalItem(made)),
    put({ ...at.history(made.id, entry.n), v, ...entry }),
    put({ ...at.deploymentPlace(made.id), v, pid: made.project_id, kind: 'external' }),
    put({ ...at.named(made.project_id, made.name, made.version), v, dep: made.id, kind: 'external' }),
    check(at.config(made.project_id, made.config, made.config_version), {
      entity_version: made.config_version,
    }),
    ...completing(answer, by.at),
  ]);
}

/** Remove a version that was reported deleted. What happened to it stays, for auditors. */
export function drop(gone: External, before: Project, by: By): Promise<boolean> {
  return written(by.op_id, [
    ...counted('deployment.removed', before, -1, { dep: gone.id, by }),
    {
      Delete: {
        TableName: env('CONTROL_TABLE'),
        Key: at.deployment(gone.project_id, 'external', gone.id),
        ConditionExpression: 'rev = :rev',
        ExpressionAttributeValues: { ':rev': gone.rev },
      },
    },
    remove(at.named(gone.project_id, gone.name, gone.version)),
    replace(
      { ...at.deploymentPlace(gone.id), v, pid: gone.project_id, kind: 'external', removed_at: by.at },
      { kind: 'external' },
    ),
  ]);
}
