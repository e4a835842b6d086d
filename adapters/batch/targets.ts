import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { env } from '../aws/env.ts';
import { table } from '../aws/table.ts';
import { put, replace, transact } from '../aws/transact.ts';
import { at, v } from '../items.ts';

/** Who overwrites a column of a target, or was the last to. */
export async function holder(place: string): Promise<string | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: env('CONTROL_TABLE'), Key: at.batchTarget(place), ConsistentRead: true }),
  );
  return Item && String(Item.dep);
}

/** Take it from whoever had it, as it was read. False: somebody else has taken it meanwhile. */
export const take = (place: string, dep: string, from: string | undefined): Promise<boolean> => {
  const item = { ...at.batchTarget(place), v, dep };
  return transact(`${dep}/${place}`, [from === undefined ? put(item) : replace(item, { dep: from })]);
};
