import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Answer } from '../../domain/answer.ts';
import { longerThan } from '../../domain/fields.ts';
import type { Project } from '../../domain/project.ts';
import { DeploymentConfig } from '../../domain/workspaces/config.ts';
import { written } from '../aws/again.ts';
import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { check, completing, put, remove } from '../aws/transact.ts';
import { packed, unpacked } from '../codec.ts';
import { at, configsOf, v } from '../items.ts';
import { outboxItem, type Told } from '../outbox.ts';

const TableName = () => env('CONTROL_TABLE');
const configOf = (item: Record<string, unknown>) => DeploymentConfig.parse(unpacked(item, ['body']));

/** One version of a configuration, or the last. */
export async function version(
  projectId: string,
  name: string,
  wanted: number | 'latest',
): Promise<DeploymentConfig | undefined> {
  if (name === '' || longerThan(255, name)) return undefined;
  if (wanted === 'latest') return (await versions(projectId, name, 1))[0];
  const { Item } = await table.send(
    new GetCommand({ TableName: TableName(), Key: at.config(projectId, name, wanted), ConsistentRead: true }),
  );
  return Item && configOf(Item);
}

/** The versions of a configuration, the last one first, at most so many. */
export async function versions(projectId: string, name: string, most?: number): Promise<DeploymentConfig[]> {
  if (name === '' || longerThan(255, name)) return [];
  const items = await found(
    {
      TableName: TableName(),
      ScanIndexForward: false,
      ...(most !== undefined && { Limit: most }),
      KeyConditionExpression: 'pk = :project AND begins_with(sk, :name)',
      ExpressionAttributeValues: { ':project': at.config(projectId, '', 0).pk, ':name': configsOf(name) },
    },
    most,
  );
  return items.map(configOf);
}

/** The last version of every configuration of a project. */
export async function latest(projectId: string): Promise<DeploymentConfig[]> {
  const items = await found({
    TableName: TableName(),
    KeyConditionExpression: 'pk = :project',
    ExpressionAttributeValues: { ':project': at.config(projectId, '', 0).pk },
  });
  // Versions of a name come in their order, so the last one of each stays.
  return [...new Map(items.map((item) => [item.name, item])).values()].map(configOf);
}

/** Store a new version; false: there is one of this number meanwhile. */
export const add = <B>(config: DeploymentConfig, told: Told, answer: Answer<B>): Promise<boolean> =>
  written(told.id, [
    put({
      ...at.config(config.project_id, config.name, config.entity_version),
      v,
      ...packed(config, ['body']),
    }),
    put(outboxItem(config.project_id, told)),
    ...completing(answer, config.created_at),
  ]);

/** As many as one transaction takes, with room to spare. */
export const together = 90;

/** Remove versions, unless a deployment was made since the project was read. False: decide anew. */
export const drop = (configs: readonly DeploymentConfig[], project: Project, told: Told): Promise<boolean> =>
  written(told.id, [
    check(at.project(project.id), { seq: project.seq }),
    put({ ...outboxItem(project.id, told), name: configs[0]?.name }),
    ...configs
      .slice(-together)
      .map((config) => remove(at.config(config.project_id, config.name, config.entity_version))),
  ]);
