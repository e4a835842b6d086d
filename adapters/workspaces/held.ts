import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Caller, maySee } from '../../domain/apiKey.ts';
import { HistoryEntry } from '../../domain/deployment.ts';
import { longerThan } from '../../domain/fields.ts';
import { busy } from '../../domain/problem.ts';
import type { Project } from '../../domain/project.ts';
import type { Held } from '../../domain/workspaces/external.ts';
import { enough, type Shown, statusHistory } from '../../domain/workspaces/history.ts';
import { env } from '../aws/env.ts';
import { table } from '../aws/table.ts';
import * as deployments from '../deployments/deployments.ts';
import { at } from '../items.ts';
import * as projects from '../projects.ts';
import * as externals from './externals.ts';

/** The project that a workspace is, if there is one and the caller may see it. */
export async function workspace(caller: Caller, name: string): Promise<Project | undefined> {
  if (name === '' || longerThan(255, name)) return undefined;
  const { Item } = await table.send(
    new GetCommand({ TableName: env('CONTROL_TABLE'), Key: at.workspace(name), ConsistentRead: true }),
  );
  const id = Item && String(Item.pid);
  return id !== undefined && maySee(caller, id) ? projects.get(id) : undefined;
}

/** The deployments of a name that this dialect shows, the last version first. */
export async function versions(project: Project, name: string): Promise<Held[]> {
  if (longerThan(255, name)) return [];
  const all = await Promise.all((await deployments.named(project.id, name)).map((one) => get(project, one)));
  return all.filter((held) => held !== undefined);
}

/** One version of a name, or the last. */
export async function version(
  project: Project,
  name: string,
  wanted: number | 'latest',
): Promise<Held | undefined> {
  if (longerThan(255, name)) return undefined;
  if (wanted === 'latest') {
    const [last] = await deployments.named(project.id, name, 1);
    return last && get(project, last);
  }
  const { Item } = await table.send(
    new GetCommand({
      TableName: env('CONTROL_TABLE'),
      Key: at.named(project.id, name, wanted),
      ConsistentRead: true,
    }),
  );
  return Item && get(project, { dep: String(Item.dep), kind: Item.kind as Held['kind'] });
}

const get = (
  project: Project,
  { dep, kind }: Pick<deployments.Named, 'dep' | 'kind'>,
): Promise<Held | undefined> =>
  kind === 'external' ? externals.get(project.id, dep) : deployments.get(project.id, kind, dep);

const most = 100_000;

/** All that a workspace shows, every version. The project is read after it: a list that a change came into is read again. */
export async function every(project: Project): Promise<Held[]> {
  for (let tried = 0; tried < 8; tried++) {
    const [{ items }, elsewhere] = await Promise.all([
      deployments.list(project, 'online', { limit: most, offset: 0 }),
      externals.every(project.id),
    ]);
    const after = await projects.get(project.id);
    if (!after) return [];
    if (elsewhere.length === after.total.external && items.length === after.total.online)
      return [...items, ...elsewhere];
  }
  throw busy();
}

/** What the dialect tells of a deployment's past, exactly up to the state that was read. */
export async function history(held: Held): Promise<Shown[]> {
  const { pk, sk } = at.history(held.id, held.h);
  const entries: HistoryEntry[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await table.send(
      new QueryCommand({
        TableName: env('CONTROL_TABLE'),
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: enough - entries.length,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: { ':pk': pk, ':first': at.history(held.id, 1).sk, ':last': sk },
        ExclusiveStartKey,
      }),
    );
    entries.push(...(page.Items ?? []).map((item) => HistoryEntry.parse(item)));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey && entries.length < enough);
  return statusHistory(entries.toReversed());
}
