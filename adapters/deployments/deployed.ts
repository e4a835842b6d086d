import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { env } from '../aws/env.ts';
import { table } from '../aws/table.ts';
import { at } from '../items.ts';

/** A deployment and whose it is. */
export interface Placed {
  project_id: string;
  deployment_id: string;
}

const projectsAtOnce = 100;
/** Behind every id. */
const end = '~';

/**
 * Some active deployments of all projects, at most so many, and where to go on; an empty text begins, and says that
 * there are no more. It asks for each project once, and reads at most a hundred projects.
 */
export async function after(cursor: string, most: number): Promise<{ found: Placed[]; next: string }> {
  const [from = '', behind = ''] = cursor.split('/');
  const projects = await projectsFrom(from);
  const found: Placed[] = [];
  for (const project_id of projects) {
    const since = project_id === from ? behind : '';
    const page = await activeIn(project_id, since, most - found.length);
    found.push(...page.ids.map((deployment_id) => ({ project_id, deployment_id })));
    if (page.more) return { found, next: `${project_id}/${page.ids.at(-1) ?? since}` };
  }
  return { found, next: projects.length < projectsAtOnce ? '' : `${projects.at(-1)}/${end}` };
}

async function projectsFrom(id: string): Promise<string[]> {
  const { Items = [] } = await table.send(
    new QueryCommand({
      TableName: env('CONTROL_TABLE'),
      ConsistentRead: true,
      Limit: projectsAtOnce,
      KeyConditionExpression: id === '' ? 'pk = :all' : 'pk = :all AND sk >= :id',
      ExpressionAttributeValues: { ':all': at.projects('').pk, ...(id !== '' && { ':id': id }) },
    }),
  );
  return Items.map(({ sk }) => String(sk));
}

/** Ids of active deployments behind one, at most so many, and whether there may be more. */
async function activeIn(
  projectId: string,
  behind: string,
  most: number,
): Promise<{ ids: string[]; more: boolean }> {
  if (behind === end) return { ids: [], more: false };
  if (most === 0) return { ids: [], more: true };
  const ids: string[] = [];
  const { pk, sk: prefix } = at.deployment(projectId, 'online', '');
  let ExclusiveStartKey: Record<string, unknown> | undefined =
    behind === '' ? undefined : at.deployment(projectId, 'online', behind);
  do {
    const page: { Items?: Record<string, unknown>[]; LastEvaluatedKey?: Record<string, unknown> } =
      await table.send(
        new QueryCommand({
          TableName: env('CONTROL_TABLE'),
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :project AND begins_with(sk, :online)',
          FilterExpression: 'life = :active',
          ProjectionExpression: 'sk',
          ExpressionAttributeValues: { ':project': pk, ':online': prefix, ':active': 'active' },
          ExclusiveStartKey,
        }),
      );
    ids.push(...(page.Items ?? []).map(({ sk }) => String(sk).slice(prefix.length)));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey && ids.length <= most);
  return { ids: ids.slice(0, most), more: ids.length > most };
}
