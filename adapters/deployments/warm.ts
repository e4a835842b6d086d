import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { at, v } from '../items.ts';

const TableName = () => env('CONTROL_TABLE');

/** Note how many functions a deployment keeps warm; none takes its note away. Either may be done again. */
export async function note(deploymentId: string, replicas: number): Promise<void> {
  const Key = at.warm(deploymentId);
  if (replicas === 0) await table.send(new DeleteCommand({ TableName: TableName(), Key }));
  else await table.send(new PutCommand({ TableName: TableName(), Item: { ...Key, v, replicas } }));
}

/** How many all deployments together keep warm. */
export async function sum(): Promise<number> {
  const notes = await found({
    TableName: TableName(),
    KeyConditionExpression: 'pk = :warm',
    ExpressionAttributeValues: { ':warm': at.warm('').pk },
  });
  return notes.reduce((total, { replicas }) => total + Number(replicas), 0);
}
