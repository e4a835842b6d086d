import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Run } from '../../domain/drift/run.ts';
import type { Operation } from '../../domain/operation.ts';
import { env } from '../aws/env.ts';
import { table } from '../aws/table.ts';
import { at } from '../items.ts';
import { runOf } from '../monitoring/driftRuns.ts';
import { operationOf } from './operations.ts';

/** Whatever goes on under an id that a caller was told: a change of what runs, or a computation of drift. */
export type Job = Operation | Run;

export const jobOf = (item: Record<string, unknown>): Job =>
  item.kind === 'drift' ? runOf(item) : operationOf(item);

export async function get(id: string): Promise<Job | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: env('CONTROL_TABLE'), Key: at.operation(id), ConsistentRead: true }),
  );
  return Item && jobOf(Item);
}
