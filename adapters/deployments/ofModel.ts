import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import type { Deployment } from '../../domain/deployment.ts';
import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { at } from '../items.ts';
import { deploymentOf } from './deployments.ts';

/** The ids of all deployments, of any kind, that were ever made of one version of a model. */
export async function usesOf(modelId: string): Promise<string[]> {
  const { pk, sk } = at.modelUse(modelId, '');
  const uses = await found({
    TableName: env('CONTROL_TABLE'),
    ProjectionExpression: 'sk',
    KeyConditionExpression: 'pk = :model AND begins_with(sk, :uses)',
    ExpressionAttributeValues: { ':model': pk, ':uses': sk },
  });
  return uses.map((use) => String(use.sk).slice(sk.length));
}

/** Those of up to a hundred ids that are online deployments; what the table leaves out of an answer is asked for again. */
export async function online(projectId: string, ids: readonly string[]): Promise<Deployment[]> {
  const deployments: Deployment[] = [];
  let Keys: Record<string, unknown>[] = ids.map((id) => at.deployment(projectId, 'online', id));
  while (Keys.length > 0) {
    const { Responses, UnprocessedKeys } = await table.send(
      new BatchGetCommand({ RequestItems: { [env('CONTROL_TABLE')]: { Keys, ConsistentRead: true } } }),
    );
    deployments.push(...(Responses?.[env('CONTROL_TABLE')] ?? []).map(deploymentOf));
    Keys = UnprocessedKeys?.[env('CONTROL_TABLE')]?.Keys ?? [];
  }
  return deployments;
}
