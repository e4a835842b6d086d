import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { attributes } from '../../../adapters/aws/attributes.ts';
import { table as documents } from '../../../adapters/aws/table.ts';
import { deploymentItem } from '../../../adapters/deployments/deployments.ts';
import { at } from '../../../adapters/items.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { handler as plainly } from '../../../functions/background/alignSchedule.ts';
import { asFunction } from '../../support/granted/granted.ts';
import { createTable, type Table } from '../../support/table.ts';
import { id, nightly, project_id } from '../support/batchDeployment.ts';
import { createScheduler } from '../support/scheduler.ts';

Object.assign(process.env, {
  ...{ CONTROL_TABLE: 'control', SCHEDULE_GROUP: 'slipway' },
  ...{ SCHEDULED_ARN: 'arn:aws:lambda:x', SCHEDULER_ARN: 'arn:aws:iam::1:role/x' },
});
const handler = asFunction('alignSchedule', plainly);
const event = { 'detail-type': 'deployment.activated', detail: { seq: 3, dep: id, actor: 'somebody' } };
let table: Table;
let aws: ReturnType<typeof createScheduler>;
beforeEach(() => {
  table = createTable({ control: ['pk', 'sk'] });
  table.install(documents as never);
  aws = createScheduler();
});

/** One step, whatever else is going on. */
let rev = 0;
async function is(life: Deployment['life'], more: Partial<Deployment> = {}) {
  const { gate } = table;
  const put = (item: object) =>
    table.send('PutItem', { TableName: 'control', Item: attributes(item as never) as never });
  table.gate = undefined;
  const deployment = { ...nightly, ...more, life, rev: ++rev };
  const place = { ...at.deploymentPlace(id), pid: project_id, kind: deployment.kind };
  const written = [put(place), put(deploymentItem(deployment))];
  table.gate = gate;
  await Promise.all(written);
}

test('an active deployment with a schedule has it in EventBridge, in its own zone, and asks for the planned slot', async () => {
  await is('active');
  await handler(event);
  expect([...aws.schedules]).toEqual([
    [
      `slipway/slipway-${id}`,
      expect.objectContaining({
        ScheduleExpression: 'cron(30 6 ? * MON-FRI *)',
        ScheduleExpressionTimezone: 'Europe/Berlin',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: expect.objectContaining({
          Arn: 'arn:aws:lambda:x',
          RoleArn: 'arn:aws:iam::1:role/x',
          Input: JSON.stringify({ deployment_id: id, scheduled_at: '<aws.scheduler.scheduled-time>' }),
        }),
      }),
    ],
  ]);
});

test('the same event again changes nothing', async () => {
  await is('active');
  await handler(event);
  const once = [...aws.schedules];
  await handler(event);
  expect([...aws.schedules]).toEqual(once);
});

test.each(['pending', 'deploying', 'failed', 'stopped', 'archived'] as const)(
  'a deployment that is %s has no schedule, though it had one',
  async (life) => {
    await is('active');
    await handler(event);
    await is(life);
    await handler(event);
    expect(aws.schedules.size).toBe(0);
  },
);

test('one without a schedule has none, and neither has one that is gone', async () => {
  await is('active', { batch: nightly.batch && { ...nightly.batch, schedule: null } });
  await handler(event);
  expect(aws.calls).toEqual(['DeleteSchedule']);
  table.install(documents as never);
  await handler({ detail: { dep: project_id } });
  expect(aws.schedules.size).toBe(0);
});

test('a deployment of another kind is not asked about', async () => {
  await is('active', { kind: 'online', batch: undefined });
  await handler(event);
  expect(aws.calls).toEqual([]);
});

test('what Scheduler does not answer is thrown, so that the event comes again', async () => {
  await is('active');
  aws.hooks.before = async () => {
    throw new Error('throttled');
  };
  await expect(handler(event)).rejects.toThrow('throttled');
});

test('an event that names no deployment is an error', async () => {
  await expect(handler({ detail: {} })).rejects.toThrow();
});

test('whatever the order in which changes and events come, the schedule is what the deployment became', async () => {
  const lives = fc.array(fc.constantFrom('active' as const, 'stopped' as const), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(lives, fc.scheduler(), async (became, turns) => {
      table = createTable({ control: ['pk', 'sk'] });
      table.install(documents as never);
      aws.schedules.clear();
      table.gate = async (_, apply) => {
        await turns.schedule(Promise.resolve());
        return apply();
      };
      aws.hooks.before = () => turns.schedule(Promise.resolve());
      const handled: Promise<void>[] = [];
      const all = (async () => {
        // Every change is told of after it, and nobody waits for who hears of it.
        for (const life of became) {
          await turns.schedule(Promise.resolve());
          await is(life);
          handled.push(handler(event));
        }
        await Promise.all(handled);
      })();
      await turns.waitFor(all);
      expect(aws.schedules.size).toBe(became.at(-1) === 'active' ? 1 : 0);
    }),
    { numRuns: 500 },
  );
});
