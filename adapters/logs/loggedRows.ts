import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { hour } from '../../domain/aggregates/time.ts';
import type { Deployment } from '../../domain/deployment.ts';
import type { Logged } from '../../domain/drift/firstRows.ts';
import type { Raw } from '../../domain/drift/profile.ts';
import { env } from '../aws/env.ts';
import { table } from '../aws/table.ts';
import { partition, prefix, whole } from './inferenceLogs.ts';
import { answeredOf, rowsOf } from './logCodec.ts';

type Item = Record<string, unknown>;
export type LoggedItem = Logged & { item: Item };

/** A row as it was asked for and answered; without inputs where they are gone. */
export interface LoggedRow {
  record: Raw | null;
  prediction: string | number | undefined;
  /** Of each class, in the model's order, where they were logged. */
  probabilities: readonly number[] | undefined;
}

const atOnce = 16;
const itemsOfPage = 500;

/** The requests of some hours (their starts, ascending) in the order of their ids; `from` and `to` in milliseconds, both inclusive. */
export async function* inOrder(
  of: Deployment,
  hours: readonly number[],
  { from, to }: { from: number; to: number },
): AsyncGenerator<LoggedItem> {
  for (const start of hours) {
    const end = `${prefix(Math.min(to, start + hour - 1))}~`;
    let next: string | undefined = prefix(Math.max(from, start));
    while (next !== undefined && next < end) {
      const slice: Slice = await sliceOf(of, start, next, end);
      yield* slice.logs;
      next = slice.next;
    }
  }
}

interface Slice {
  logs: LoggedItem[];
  /** Where the next one begins; undefined where nothing follows. */
  next: string | undefined;
}

/** One page of each shard, as far as all of them are known. */
async function sliceOf(
  { id, log_shards }: Deployment,
  start: number,
  from: string,
  end: string,
): Promise<Slice> {
  const shards = Array.from({ length: log_shards }, (_, i) => partition(id, start, i));
  const pages = await Promise.all(shards.map((pk) => pageOf(pk, from, end)));
  const known = pages.flatMap(({ next }) => (next === undefined ? [] : [next])).toSorted()[0];
  const items = pages
    .flatMap((page) => page.items)
    .filter(({ sk }) => known === undefined || String(sk) <= known);
  return {
    logs: items.map(loggedOf).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    // Ids are of one length, so what is longer by a character comes right after.
    next: known && `${known}!`,
  };
}

async function pageOf(
  pk: string,
  from: string,
  end: string,
): Promise<{ items: Item[]; next: string | undefined }> {
  const { Items = [], LastEvaluatedKey } = await table.send(
    new QueryCommand({
      TableName: env('LOGS_TABLE'),
      ConsistentRead: true,
      Limit: itemsOfPage,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :end',
      ExpressionAttributeValues: { ':pk': pk, ':from': from, ':end': end },
    }),
  );
  return { items: Items, next: LastEvaluatedKey && String(LastEvaluatedKey.sk) };
}

const loggedOf = (item: Item): LoggedItem => ({
  id: String(item.sk),
  rows: Number(item.n),
  status: Number(item.s),
  binned: item.b !== undefined,
  // An anonymised row in which nothing was replaced is as it came.
  stored:
    (item.z !== undefined || item.r !== undefined) &&
    item.d === undefined &&
    !String(item.f ?? '').includes('lost'),
  item,
});

/** The rows of some requests, in their order. */
export async function rowsIn(deploymentId: string, logs: readonly LoggedItem[]): Promise<LoggedRow[][]> {
  const rows: LoggedRow[][] = [];
  for (let i = 0; i < logs.length; i += atOnce) {
    const read = await Promise.all(logs.slice(i, i + atOnce).map(whole));
    rows.push(...read.map(([{ item }, payload]) => rowsOfItem(deploymentId, item, payload)));
  }
  return rows;
}

function rowsOfItem(deploymentId: string, item: Item, payload: Uint8Array | undefined): LoggedRow[] {
  const answered = answeredOf(item);
  const rows = rowsOf(deploymentId, item, payload).reverse();
  return rows.map(({ inputs }, i) => ({
    record: inputs,
    prediction: answered?.predictions[i],
    probabilities: answered?.probabilities?.[i],
  }));
}
