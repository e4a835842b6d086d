import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Caller, maySee } from '../../domain/apiKey.ts';
import { Deployment, type Kind, underPointer } from '../../domain/deployment.ts';
import { busy, notFound } from '../../domain/problem.ts';
import type { Project } from '../../domain/project.ts';
import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { packed, unpacked } from '../codec.ts';
import { at, v, versionsOf } from '../items.ts';
import * as projects from '../projects.ts';

const control = () => env('CONTROL_TABLE');

const texts = ['config', 'batch'];
/** Numbers of a caller's go in as text: DynamoDB takes fewer of them than JSON does. */
export const deploymentItem = (deployment: Deployment) => ({
  ...at.deployment(deployment.project_id, deployment.kind, deployment.id),
  v,
  ...packed(deployment, texts),
});
export const deploymentOf = (item: Record<string, unknown>): Deployment =>
  Deployment.parse(unpacked(item, texts));

/** The online deployment, if there is one and the caller may see its project; the others have dialects of their own. */
export const load = async (caller: Caller, id: string): Promise<Deployment> =>
  (await loadSalted(caller, id)).deployment;

/** The same with the secret that signs its cursors; deployments made before there was one have none. */
export async function loadSalted(
  caller: Caller,
  id: string,
): Promise<{ deployment: Deployment; salt: string | undefined }> {
  const place = await where(id);
  const deployment =
    place?.kind === 'online' && maySee(caller, place.projectId)
      ? await get(place.projectId, place.kind, id)
      : undefined;
  if (!place || !deployment) throw notFound('Deployment');
  return { deployment, salt: place.salt };
}

/** The deployment for whom nobody asks: what runs in the background. */
export async function find(id: string): Promise<Deployment | undefined> {
  const place = await where(id);
  return place && get(place.projectId, place.kind, id);
}

async function where(
  id: string,
): Promise<{ projectId: string; kind: Kind; salt: string | undefined } | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: control(), Key: at.deploymentPlace(id), ConsistentRead: true }),
  );
  const salt = typeof Item?.salt === 'string' ? Item.salt : undefined;
  // What runs elsewhere is no deployment of this form: `workspaces/` reads it.
  if (!Item || Item.kind === 'external') return undefined;
  return { projectId: String(Item.pid), kind: Item.kind as Kind, salt };
}

export async function get(projectId: string, kind: Kind, id: string): Promise<Deployment | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: control(), Key: at.deployment(projectId, kind, id), ConsistentRead: true }),
  );
  return Item && deploymentOf(Item);
}

/**
 * A page of a project's deployments, newest first. A Query may see the middle of a change, so the pointer is read
 * before and after it, and decides; a page that the pointer contradicts is read again.
 */
export async function list(
  project: Project,
  kind: Kind,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ items: Deployment[]; total: number }> {
  let before = project;
  for (let tried = 0; tried < 8; tried++) {
    const rows = await newest(project.id, kind, offset + limit);
    const after = await projects.get(project.id);
    if (!after) break;
    if (after.seq === before.seq && isWhole(rows, after, kind, offset + limit))
      return {
        items: rows.slice(offset).map((row) => underPointer(row, after.prod)),
        total: after.total[kind],
      };
    before = after;
  }
  throw busy();
}

/** What a change has just added may be missing from a Query, though it counts already. */
function isWhole(rows: readonly Deployment[], { prod, total }: Project, kind: Kind, most: number): boolean {
  if (rows.length !== Math.min(most, total[kind])) return false;
  const oldest = rows.at(-1)?.id ?? '';
  return kind !== 'online' || prod === null || prod < oldest || rows.some(({ id }) => id === prod);
}

async function newest(projectId: string, kind: Kind, most: number): Promise<Deployment[]> {
  const rows: Deployment[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await table.send(
      new QueryCommand({
        TableName: control(),
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: most - rows.length,
        KeyConditionExpression: 'pk = :project AND begins_with(sk, :kind)',
        ExpressionAttributeValues: { ':project': at.project(projectId).pk, ':kind': `D#${kind}#` },
        ExclusiveStartKey,
      }),
    );
    rows.push(...(page.Items ?? []).map(deploymentOf));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey && rows.length < most);
  return rows;
}

/** Every deployment of a kind, newest first. */
export const every = (projectId: string, kind: Kind): Promise<Deployment[]> =>
  newest(projectId, kind, Number.MAX_SAFE_INTEGER >>> 22);

/** Which deployment has a name, and as the how manyth. */
export interface Named {
  version: number;
  dep: string;
  kind: Kind;
}

/** The deployments of a name, the last one first, at most so many. */
export async function named(projectId: string, name: string, most?: number): Promise<Named[]> {
  const items = await found(
    {
      TableName: control(),
      ScanIndexForward: false,
      ...(most !== undefined && { Limit: most }),
      KeyConditionExpression: 'pk = :project AND begins_with(sk, :name)',
      ExpressionAttributeValues: { ':project': at.project(projectId).pk, ':name': versionsOf(name) },
    },
    most,
  );
  return items.map((item) => ({
    version: Number(String(item.sk).split('/').at(-1)),
    dep: String(item.dep),
    kind: item.kind as Kind,
  }));
}
