import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Fact } from '../../domain/aggregates/lane.ts';
import { hourOf, shard as label } from '../../domain/log.ts';
import { env } from '../aws/env.ts';
import { counted } from '../aws/queries.ts';
import { table } from '../aws/table.ts';
import { recordOf } from './logRecords.ts';

/** Some logs of a partition, oldest first, and how many among them nobody can read. */
export interface Some {
  facts: Fact[];
  unreadable: number;
}
type Item = Record<string, unknown>;

const partition = (deploymentId: string, hour: number, shard: number) =>
  `${deploymentId}#${hourOf(hour)}#${label(shard)}`;

/** How many logs an hour holds in one of its shards. */
export const itemsOf = (deploymentId: string, hour: number, shard: number): Promise<number> =>
  counted(env('LOGS_TABLE'), partition(deploymentId, hour, shard));

/** Whether an hour holds any log at all: one item at most is read for each shard. */
export async function isEmpty(deploymentId: string, hour: number, shards: number): Promise<boolean> {
  for (let shard = 0; shard < shards; shard++) {
    const { Count = 0 } = await table.send(new QueryCommand({ ...of(deploymentId, hour, shard), Limit: 1 }));
    if (Count > 0) return false;
  }
  return true;
}

/** All logs of a partition, strongly read, page by page. */
export async function* logsOf(deploymentId: string, hour: number, shard: number): AsyncGenerator<Some> {
  let ExclusiveStartKey: Item | undefined;
  let read = 0;
  do {
    const page: { Items?: Item[]; LastEvaluatedKey?: Item } = await table.send(
      new QueryCommand({ ...of(deploymentId, hour, shard), ExclusiveStartKey }),
    );
    const { Items = [] } = page;
    yield someOf(Items, read);
    read += Items.length;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

const of = (deploymentId: string, hour: number, shard: number) => ({
  TableName: env('LOGS_TABLE'),
  ConsistentRead: true,
  ProjectionExpression: 'pk, sk, n, s, l, b',
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': partition(deploymentId, hour, shard) },
});

function someOf(items: readonly Item[], before: number): Some {
  const some: Some = { facts: [], unreadable: 0 };
  for (const [i, item] of items.entries()) {
    try {
      some.facts.push(recordOf(item, String(before + i)).fact);
    } catch {
      some.unreadable++;
    }
  }
  return some;
}
