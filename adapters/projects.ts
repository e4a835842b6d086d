import { BatchGetCommand, GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Answer } from '../domain/answer.ts';
import { type Caller, maySee } from '../domain/apiKey.ts';
import { conflict, notFound } from '../domain/problem.ts';
import { Project } from '../domain/project.ts';
import { env } from './aws/env.ts';
import { once, table } from './aws/table.ts';
import { completing, put, transact } from './aws/transact.ts';
import { at, v } from './items.ts';
import { outboxItem, type Told } from './outbox.ts';

const control = () => env('CONTROL_TABLE');

export const projectItem = (project: Project) => ({ ...at.project(project.id), v, ...project });

/** The project, if there is one and the caller may see it. */
export async function load(caller: Caller, id: string): Promise<Project> {
  const project = maySee(caller, id) ? await get(id) : undefined;
  if (!project) throw notFound('Project');
  return project;
}

export async function get(id: string): Promise<Project | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: control(), Key: at.project(id), ConsistentRead: true }),
  );
  return Item && Project.parse(Item);
}

export async function create<B>(project: Project, answer: Answer<B>, told: Told): Promise<B> {
  const written = await transact(told.id, [
    put({ ...at.workspace(project.name), v, pid: project.id }),
    put(projectItem(project)),
    put({ ...at.projects(project.id), v, name: project.name }),
    put(outboxItem(project.id, told)),
    ...completing(answer, project.created_at),
  ]);
  if (!written) throw conflict('Project name is taken');
  return answer.body;
}

/** Every project that the caller may see, in no order. */
export async function all(caller: Caller): Promise<Project[]> {
  const ids = caller.projects ?? (await everyId());
  const found: Project[] = [];
  for (let i = 0; i < ids.length; i += 100) found.push(...(await some(ids.slice(i, i + 100))));
  return found;
}

async function everyId(): Promise<string[]> {
  const ids: string[] = [];
  const pages = paginateQuery(
    { client: once },
    {
      TableName: control(),
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :all',
      ExpressionAttributeValues: { ':all': at.projects('').pk },
    },
  );
  for await (const { Items = [] } of pages) ids.push(...Items.map((item) => String(item.sk)));
  return ids;
}

/** Up to a hundred projects; what the table leaves out of an answer is asked for again. */
async function some(ids: readonly string[]): Promise<Project[]> {
  const found: Project[] = [];
  let Keys: Record<string, unknown>[] = ids.map(at.project);
  while (Keys.length > 0) {
    const { Responses, UnprocessedKeys } = await table.send(
      new BatchGetCommand({ RequestItems: { [control()]: { Keys, ConsistentRead: true } } }),
    );
    found.push(...(Responses?.[control()] ?? []).map((item) => Project.parse(item)));
    Keys = UnprocessedKeys?.[control()]?.Keys ?? [];
  }
  return found;
}
