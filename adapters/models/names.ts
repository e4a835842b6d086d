import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Caller, maySee } from '../../domain/apiKey.ts';
import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { at } from '../items.ts';
import { type Registered, registered } from './models.ts';

/** The registered model with this id, if there is one and the caller may see its project: it has the id of its first version. */
export async function byId(caller: Caller, id: string): Promise<Registered | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: env('CONTROL_TABLE'), Key: at.modelPlace(id), ConsistentRead: true }),
  );
  if (!Item || !maySee(caller, String(Item.pid))) return undefined;
  const name = await registered(String(Item.name));
  return name?.registered_model_id === id ? name : undefined;
}

/** The ids of all versions of a name, newest first. */
export async function versionIds(name: string): Promise<string[]> {
  const { pk } = at.modelName(name);
  const versions = await found({
    TableName: env('CONTROL_TABLE'),
    ScanIndexForward: false,
    KeyConditionExpression: 'pk = :name AND begins_with(sk, :versions)',
    ExpressionAttributeValues: { ':name': pk, ':versions': 'V#' },
  });
  return versions.map(({ model_id }) => String(model_id));
}
