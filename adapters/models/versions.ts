import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { at } from '../items.ts';

/** The versions of a model by their ids. */
export async function versionsOf(name: string): Promise<Map<string, string>> {
  const { pk } = at.modelName(name);
  const items = await found({
    TableName: env('CONTROL_TABLE'),
    KeyConditionExpression: 'pk = :name AND begins_with(sk, :versions)',
    ExpressionAttributeValues: { ':name': pk, ':versions': 'V#' },
  });
  return new Map(items.map(({ sk, model_id }) => [String(model_id), String(Number(String(sk).slice(2)))]));
}
