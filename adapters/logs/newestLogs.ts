import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { millisecondsOf } from '../../domain/id.ts';
import { hourOf, shard } from '../../domain/log.ts';
import { env } from '../aws/env.ts';
import { found } from '../aws/queries.ts';
import { table } from '../aws/table.ts';

/** One partition of logs: those of an hour, given by its start in epoch milliseconds, and a shard. */
export interface Partition {
  deploymentId: string;
  hour: number;
  shard: number;
}

const span = (of: Partition, from: number, to: number) => ({
  TableName: env('LOGS_TABLE'),
  KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
  ExpressionAttributeValues: {
    ':pk': `${of.deploymentId}#${hourOf(of.hour)}#${shard(of.shard)}`,
    ':from': prefix(from),
    ':to': `${prefix(to)}~`,
  },
});

/** When the newest log of a partition up to a time was made, in epoch milliseconds. */
export async function newestUntil(of: Partition, time: number): Promise<number | undefined> {
  const { Items: [newest] = [] } = await table.send(
    new QueryCommand({
      ...span(of, of.hour, time),
      ...{ ConsistentRead: true, ScanIndexForward: false, Limit: 1, ProjectionExpression: 'sk' },
    }),
  );
  return newest && millisecondsOf(String(newest.sk));
}

/** How many rows were logged between two times of a partition, both inclusive. */
export async function rowsBetween(of: Partition, from: number, to: number): Promise<number> {
  const items = await found({ ...span(of, from, to), ProjectionExpression: 'n' });
  return items.reduce((sum, { n }) => sum + Number(n), 0);
}

/** How ids of a millisecond begin. */
function prefix(milliseconds: number): string {
  const hex = Math.max(0, milliseconds).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
