import { DeleteCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { BatchRun } from '../../domain/batch/run.ts';
import { filesDue, firstLook } from '../../domain/batch/watch.ts';
import { env } from '../aws/env.ts';
import { table } from '../aws/table.ts';
import { type Item, put, transact } from '../aws/transact.ts';
import { at, v } from '../items.ts';

interface Open {
  id: string;
  dep?: string;
  /** Epoch milliseconds. */
  deadline: number;
}

/** That somebody looks after a run until it is over, and later through the files that it left. */
export const watching = (run: BatchRun): Item[] => [
  put({ ...at.open(firstLook(run), run.run_id), v, dep: run.deployment_id }),
  put({ ...at.runFiles(filesDue(run), run.run_id), v, dep: run.deployment_id }),
];

const leaving = (open: Open): Item => ({
  Delete: {
    TableName: env('CONTROL_TABLE'),
    Key: at.open(open.deadline, open.id),
    ConditionExpression: 'attribute_exists(pk)',
  },
});

/** Nobody has to look after it any more. */
export const letGo = (open: Open): Promise<boolean> => transact(`${open.id}/gone`, [leaving(open)]);

/** Look after it again at a time, epoch milliseconds. False: somebody else has said when. */
export const lookAgain = (open: Open, deadline: number): Promise<boolean> =>
  transact(`${open.id}/${deadline}`, [
    leaving(open),
    put({ ...at.open(deadline, open.id), v, dep: open.dep }),
  ]);

/** A run whose files may be looked through. */
export interface Due {
  id: string;
  dep: string;
  /** Since when, in epoch milliseconds. */
  at: number;
}

/** The runs whose files may be looked through by now, epoch milliseconds, the oldest first. */
export async function* filesDueBy(now: number): AsyncGenerator<Due> {
  const pages = paginateQuery(
    { client: table, pageSize: 100 },
    {
      TableName: env('CONTROL_TABLE'),
      KeyConditionExpression: 'pk = :runs AND sk < :by',
      ExpressionAttributeValues: { ':runs': at.runFiles(0, '').pk, ':by': at.runFiles(now, '').sk },
    },
  );
  for await (const { Items = [] } of pages)
    for (const { sk, dep } of Items) {
      const [due, id = ''] = String(sk).split('#');
      yield { id, dep: String(dep), at: Number(due) };
    }
}

/** Nobody looks through the files of a run again. */
export async function forgetFiles(due: Due): Promise<void> {
  await table.send(new DeleteCommand({ TableName: env('CONTROL_TABLE'), Key: at.runFiles(due.at, due.id) }));
}
