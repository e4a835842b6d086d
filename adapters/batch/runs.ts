import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { BatchRun, before, slotOf } from '../../domain/batch/run.ts';
import { env } from '../aws/env.ts';
import { table } from '../aws/table.ts';
import { type Item, put, replace, transact } from '../aws/transact.ts';
import { at, v } from '../items.ts';
import { outboxItem, type Told } from '../outbox.ts';
import { watching } from './openRuns.ts';

const control = () => ({ TableName: env('CONTROL_TABLE') });
type Found = Record<string, unknown>;

const placeOf = (run: BatchRun) =>
  at.run(run.project_id, run.deployment_id, Date.parse(run.created_at), run.run_id);
const runItem = (run: BatchRun) => ({ ...placeOf(run), v, ...run });

async function item(Key: Record<string, string>): Promise<Found | undefined> {
  return (await table.send(new GetCommand({ ...control(), Key, ConsistentRead: true }))).Item;
}

/** The run of this id among those of a deployment. */
export async function get(deploymentId: string, runId: string): Promise<BatchRun | undefined> {
  const place = await item(at.runPlace(deploymentId, runId));
  const found = place && (await item({ pk: String(place.run_pk), sk: String(place.run_sk) }));
  return found && BatchRun.parse(found);
}

/** How many times a slot was run again; undefined: it was never run. */
export async function repeats(deploymentId: string, slot: string): Promise<number | undefined> {
  const found = await item(at.slot(deploymentId, slotOf(slot)));
  return found && Number(found.again);
}

const placed = (run: BatchRun): Item[] => {
  const { pk, sk } = placeOf(run);
  return [
    put({ ...at.runPlace(run.deployment_id, run.run_id), v, run_pk: pk, run_sk: sk }),
    put(runItem(run)),
  ];
};

/** Write down a run of a slot that is the `again`-th after the first. False: somebody did so before. */
export function add(run: BatchRun, again: number): Promise<boolean> {
  const count = { ...at.slot(run.deployment_id, run.scheduled_at), v, again };
  return transact(run.run_id, [
    again === 0 ? put(count) : replace(count, { again: again - 1 }),
    ...placed(run),
    ...watching(run),
    word('run.queued', run, { id: run.run_id, actor: run.actor, at: run.created_at }),
  ]);
}

/** Who told of a state of a run, and when. */
type By = Pick<Told, 'id' | 'actor' | 'at'>;

const word = (type: 'run.queued' | 'run.reported', run: BatchRun, by: By): Item =>
  put({
    ...outboxItem(run.project_id, { type, subject: run.run_id, ...by }),
    dep: run.deployment_id,
    status: run.status,
  });

/** Write down a run that somebody else made. False: it is known. */
export const hear = (run: BatchRun, by: By): Promise<boolean> =>
  transact(run.run_id, [...placed(run), word('run.reported', run, by)]);

/**
 * Write the next state of a run, with the word of it where somebody else told of it. False: it is over, or another one
 * wrote meanwhile what this may not follow.
 */
export const save = (run: BatchRun, by?: By): Promise<boolean> =>
  transact(`${run.run_id}/${run.status}`, [
    ...(by ? [word('run.reported', run, by)] : []),
    {
      Put: {
        ...control(),
        Item: runItem(run),
        ConditionExpression: `#status IN (${before(run.status)
          .map((_, i) => `:s${i}`)
          .join(', ')})`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: Object.fromEntries(before(run.status).map((from, i) => [`:s${i}`, from])),
      },
    },
  ]);

const among = (projectId: string, deploymentId: string) => ({
  ...control(),
  ConsistentRead: true,
  ScanIndexForward: false,
  KeyConditionExpression: 'pk = :project AND begins_with(sk, :runs)',
  ExpressionAttributeValues: {
    ':project': at.project(projectId).pk,
    ':runs': `RUN#${deploymentId}#`,
  },
});

/** The newest runs of a deployment, at most so many. */
export async function newest(of: { project_id: string; id: string }, most: number): Promise<BatchRun[]> {
  const runs: BatchRun[] = [];
  let ExclusiveStartKey: Found | undefined;
  do {
    const page: { Items?: Found[]; LastEvaluatedKey?: Found } = await table.send(
      new QueryCommand({ ...among(of.project_id, of.id), Limit: most - runs.length, ExclusiveStartKey }),
    );
    runs.push(...(page.Items ?? []).map((found) => BatchRun.parse(found)));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey && runs.length < most);
  return runs;
}

/** How many runs a deployment has had. */
export async function count(of: { project_id: string; id: string }): Promise<number> {
  let [total, ExclusiveStartKey]: [number, Found | undefined] = [0, undefined];
  do {
    const page: { Count?: number; LastEvaluatedKey?: Found } = await table.send(
      new QueryCommand({ ...among(of.project_id, of.id), Select: 'COUNT', ExclusiveStartKey }),
    );
    total += page.Count ?? 0;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return total;
}
