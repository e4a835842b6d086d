import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { BatchConfig } from '../../domain/batch/config.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { env } from '../aws/env.ts';
import { table } from '../aws/table.ts';
import { type Item, replace } from '../aws/transact.ts';
import { at, v } from '../items.ts';

/** Who has, or had last, a name among the batch deployments of a model. */
export interface Named {
  dep: string;
  pid: string;
  archived: boolean;
}

export async function named(model: string, name: string): Promise<Named | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: env('CONTROL_TABLE'), Key: at.batchName(model, name), ConsistentRead: true }),
  );
  return Item && { dep: String(Item.dep), pid: String(Item.pid), archived: Item.archived === true };
}

/** Who has the name now; undefined where it is free. */
export async function holder(model: string, name: string): Promise<string | undefined> {
  const found = await named(model, name);
  return found && !found.archived ? found.dep : undefined;
}

const item = (deployment: Deployment, { model }: BatchConfig, archived: boolean) => ({
  ...at.batchName(model.model_name ?? '', deployment.name),
  v,
  dep: deployment.id,
  pid: deployment.project_id,
  archived,
});

/** Take the name, unless somebody has it who is not archived. */
export const taking = (deployment: Deployment, batch: BatchConfig): Item => ({
  Put: {
    TableName: env('CONTROL_TABLE'),
    Item: item(deployment, batch, false),
    ConditionExpression: 'attribute_not_exists(pk) OR archived = :yes',
    ExpressionAttributeValues: { ':yes': true },
  },
});

/** Leave the name to whoever wants it next; until then it leads to what had it. */
export const leaving = (deployment: Deployment, batch: BatchConfig): Item =>
  replace(item(deployment, batch, true), { dep: deployment.id });
