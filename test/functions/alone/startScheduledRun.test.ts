import { ExecutionAlreadyExists } from '@aws-sdk/client-sfn';
import { beforeEach, expect, test } from 'vitest';
import { attributes, plainItem } from '../../../adapters/aws/attributes.ts';
import { sfn } from '../../../adapters/aws/machines.ts';
import { table as documents, once } from '../../../adapters/aws/table.ts';
import { deploymentItem } from '../../../adapters/deployments/deployments.ts';
import { at } from '../../../adapters/items.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { handler as plainly } from '../../../functions/background/startScheduledRun.ts';
import { asFunction } from '../../support/granted/granted.ts';
import { createTable, type Table } from '../../support/table.ts';
import { id, nightly, project_id } from '../support/batchDeployment.ts';

Object.assign(process.env, { CONTROL_TABLE: 'control', BATCHSCORE_ARN: 'arn:aws:states:x' });
const handler = asFunction('startScheduledRun', plainly);
const call = { deployment_id: id, scheduled_at: '2026-06-16T04:30:00Z' };

let table: Table;
let started: { name: string; input: object }[];
let failing: Error | undefined;
beforeEach(() => {
  table = createTable({ control: ['pk', 'sk'] });
  for (const client of [documents, once]) table.install(client as never);
  started = [];
  failing = undefined;
  const start = () => async (args: { input: { name: string; input: string } }) => {
    if (failing) throw failing;
    const { name, input } = args.input;
    if (started.some((one) => one.name === name))
      throw new ExecutionAlreadyExists({ $metadata: {}, message: 'it is there' });
    started.push({ name, input: JSON.parse(input) });
    return { response: {}, output: {} };
  };
  const stack = sfn.middlewareStack as unknown as { add(middleware: unknown, how: object): void };
  stack.add(start, { step: 'initialize', name: 'machines', override: true });
});

async function is(more: Partial<Deployment> = {}) {
  const deployment = { ...nightly, ...more };
  const place = { ...at.deploymentPlace(id), pid: project_id, kind: 'batch' };
  for (const item of [place, deploymentItem(deployment)])
    await table.send('PutItem', { TableName: 'control', Item: attributes(item as never) as never });
}
const runs = () =>
  table
    .items('control')
    .map((item) => plainItem(item as never))
    .filter(({ status, airflow_run_id }) => status && airflow_run_id);

test('the run of a slot is written down and its machine started under the name of the slot', async () => {
  await is();
  await handler(call);
  const name = `batch-${id}-20260616T043000Z`;
  expect(started).toEqual([{ name, input: expect.objectContaining({ deployment_id: id }) }]);
  expect(runs()).toEqual([
    expect.objectContaining({
      airflow_run_id: name,
      scheduled_at: call.scheduled_at,
      status: 'queued',
      actor: 'schedule',
    }),
  ]);
});

test('delivered twice, also at once, it is one run', async () => {
  await is();
  await Promise.all([handler(call), handler(call)]);
  await handler(call);
  expect(started).toHaveLength(1);
  expect(runs()).toHaveLength(1);
});

test('each slot is a run of its own', async () => {
  await is();
  await handler(call);
  await handler({ ...call, scheduled_at: '2026-06-17T04:30:00Z' });
  expect(started).toHaveLength(2);
});

test('a machine that could not be started is started when the call comes again', async () => {
  await is();
  failing = new Error('throttled');
  await expect(handler(call)).rejects.toThrow();
  failing = undefined;
  await handler(call);
  expect(started).toHaveLength(1);
  expect(runs()).toHaveLength(1);
});

test.each([
  ['is stopped', { life: 'stopped' }],
  ['is archived', { life: 'archived' }],
  ['has no schedule any more', { batch: nightly.batch && { ...nightly.batch, schedule: null } }],
] as const)('a deployment that %s is not run, though its schedule still called', async (_, more) => {
  await is(more as Partial<Deployment>);
  await handler(call);
  expect([started, runs()]).toEqual([[], []]);
});

test('neither is one that is gone, and a call without a slot is an error', async () => {
  await handler(call);
  expect(started).toEqual([]);
  await expect(
    handler({ deployment_id: id, scheduled_at: '<aws.scheduler.scheduled-time>' }),
  ).rejects.toThrow();
});
