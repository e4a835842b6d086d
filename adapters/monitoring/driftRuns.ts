import { GetCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { before, isOver, type Lease, leaseOf, Run } from '../../domain/drift/run.ts';
import { seconds } from '../../domain/fields.ts';
import { busy } from '../../domain/problem.ts';
import { env } from '../aws/env.ts';
import { table } from '../aws/table.ts';
import { type Item, put, remove, transact } from '../aws/transact.ts';
import { packed, unpacked } from '../codec.ts';
import { at, v } from '../items.ts';
import { outboxItem, type Told } from '../outbox.ts';

const control = () => ({ TableName: env('CONTROL_TABLE') });
const month = 30 * 86_400;
const tries = 8;

const runItem = (run: Run) => ({
  ...at.operation(run.id),
  v,
  ...packed(run, ['result']),
  exp: seconds(run.created_at) + month,
});

export const runOf = (item: Record<string, unknown>): Run => Run.parse(unpacked(item, ['result']));

async function item(Key: Record<string, string>): Promise<Record<string, unknown> | undefined> {
  return (await table.send(new GetCommand({ ...control(), Key, ConsistentRead: true }))).Item;
}

/** The run of this id; undefined for what is none. */
export async function get(id: string): Promise<Run | undefined> {
  const found = await item(at.operation(id));
  return found?.kind === 'drift' ? runOf(found) : undefined;
}

/** The run of a deployment that goes on at this time, epoch milliseconds. */
export const current = async (deploymentId: string, now: number): Promise<Run | undefined> =>
  (await held(deploymentId, now)).run;

async function held(deploymentId: string, now: number): Promise<{ lease?: Lease; run?: Run }> {
  const lease = (await item(at.driftLease(deploymentId))) as Lease | undefined;
  const run = lease && lease.until > now ? await get(lease.job_id) : undefined;
  return { lease, run: run && !isOver(run) ? run : undefined };
}

/** Begin a run of a deployment, or join the one that goes on: there is one at a time. */
export async function begin(wanted: Run, now: number): Promise<Run> {
  for (let tried = 0; tried < tries; tried++) {
    const { lease, run } = await held(wanted.deployment_id, now);
    if (run) return run;
    const begun = await transact(`${wanted.id}/${tried}`, [
      { Update: { ...control(), ...taking(leaseOf(wanted), wanted.deployment_id, lease) } },
      put(runItem(wanted)),
      put({ ...at.open(wanted.deadline, wanted.id), v }),
      put(outboxItem(wanted.project_id, word(wanted))),
    ]);
    if (begun) return wanted;
  }
  throw busy();
}

const word = ({ id, deployment_id: subject, actor, created_at: time }: Run): Told => ({
  ...{ id, type: 'drift.asked', subject, actor, at: time },
});

/** Take the lease, if it still is as it was read. An update, for that may be allowed for these attributes alone. */
function taking({ job_id, until }: Lease, deploymentId: string, read: Lease | undefined) {
  return {
    Key: at.driftLease(deploymentId),
    UpdateExpression: 'SET v = :v, job_id = :id, #until = :until, #exp = :exp',
    ConditionExpression: read ? 'job_id = :read AND #until = :old' : 'attribute_not_exists(pk)',
    ExpressionAttributeNames: { '#until': 'until', '#exp': 'exp' },
    ExpressionAttributeValues: {
      ':v': v,
      ':id': job_id,
      ':until': until,
      ':exp': Math.ceil(until / 1000) + month,
      ...(read && { ':read': read.job_id, ':old': read.until }),
    },
  } satisfies Omit<UpdateCommandInput, 'TableName'>;
}

/** Write that a run has begun to compute. False: somebody wrote something else meanwhile. */
export const start = (run: Run): Promise<boolean> => transact(`${run.id}/start`, [next(run, before.running)]);

/** Write how a run ended: from then on its lease is nothing, and the next one may begin. False: it had ended already. */
export const end = (run: Run): Promise<boolean> =>
  transact(`${run.id}/${run.state}`, [
    next(run, run.state === 'committed' ? before.committed : before.failed),
    remove(at.open(run.deadline, run.id)),
  ]);

const next = (run: Run, states: readonly string[]): Item => ({
  Put: {
    ...control(),
    Item: runItem(run),
    ConditionExpression: `#state IN (${states.map((_, i) => `:s${i}`).join(', ')})`,
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: Object.fromEntries(states.map((state, i) => [`:s${i}`, state])),
  },
});
