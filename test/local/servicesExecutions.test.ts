import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { refusalOf } from './support/s3.ts';
import { arn, gate, servedServices } from './support/services.ts';
import { call, fault, machine } from './support/world.ts';

const { here, start, stop, has, begin, ended } = servedServices();

describe('Express machines', () => {
  test('run while the caller waits, and answer with their output', async () => {
    const stateMachineArn = has('sum', 'EXPRESS', machine({ A: call('add') }));
    const done = await here.states.send(
      new StartSyncExecutionCommand({ stateMachineArn, name: 'one', input: '{"a":1}' }),
    );
    expect(done).toMatchObject({ status: 'SUCCEEDED', output: '{"sum":2}', name: 'one', input: '{"a":1}' });
    expect(done.executionArn).toMatch(/:express:sum:one:[0-9a-f-]{36}$/);
    expect(done.startDate).toBeInstanceOf(Date);
  });

  test('say how they failed', async () => {
    here.functions.bad = () => Promise.reject(fault('Broken', 'why'));
    const stateMachineArn = has('bad', 'EXPRESS', machine({ A: call('bad') }));
    const done = await here.states.send(new StartSyncExecutionCommand({ stateMachineArn }));
    expect(done).toMatchObject({ status: 'FAILED', error: 'Broken', cause: expect.stringContaining('why') });
  });

  test('end as TIMED_OUT when their time is over', async () => {
    here.functions.never = () => new Promise(() => {});
    const stateMachineArn = has('never', 'EXPRESS', machine({ A: call('never') }, { TimeoutSeconds: 0.03 }));
    const done = await here.states.send(new StartSyncExecutionCommand({ stateMachineArn }));
    expect(done.status).toBe('TIMED_OUT');
  });

  test('may be started and left alone, twice under one name', async () => {
    const stateMachineArn = has('left', 'EXPRESS', machine({ A: call('add') }));
    expect(await begin(stateMachineArn, 'same')).not.toBe(await begin(stateMachineArn, 'same'));
  });

  test('are the only ones a caller can wait for', async () => {
    const stateMachineArn = has('standard', 'STANDARD', machine({ A: call('add') }));
    const refused = here.states.send(new StartSyncExecutionCommand({ stateMachineArn }));
    expect(await refusalOf(refused)).toEqual(['StateMachineTypeNotSupported', 400]);
  });
});

describe('Standard machines', () => {
  test('run on their own and are described with input, output and dates', async () => {
    const executionArn = await begin(has('sum', 'STANDARD', machine({ A: call('add') })), 'one', { a: 2 });
    expect(executionArn).toBe('arn:aws:states:us-east-1:000000000000:execution:sum:one');
    expect(await ended(executionArn)).toMatchObject({
      status: 'SUCCEEDED',
      input: '{"a":2}',
      output: '{"sum":3}',
      stateMachineArn: arn('sum'),
      stopDate: expect.any(Date),
    });
  });

  test('the same name and input while it runs is the same execution; anything else is refused', async () => {
    const { open, opened } = gate();
    here.functions.wait = () => opened;
    const machineArn = has('once', 'STANDARD', machine({ A: call('wait') }));
    const first = await begin(machineArn, 'name', { a: 1 });
    expect(await begin(machineArn, 'name', { a: 1 })).toBe(first);
    expect(await refusalOf(begin(machineArn, 'name', { a: 2 }))).toEqual(['ExecutionAlreadyExists', 400]);
    open(1);
    await ended(first);
    expect(await refusalOf(begin(machineArn, 'name', { a: 1 }))).toEqual(['ExecutionAlreadyExists', 400]);
    expect(here.calls).toEqual(['wait']);
  });

  test('twenty racing starts under one name are one execution', async () => {
    const { open, opened } = gate();
    here.functions.wait = () => opened;
    const machineArn = has('race', 'STANDARD', machine({ A: call('wait') }));
    const arns = await Promise.all(Array.from({ length: 20 }, () => begin(machineArn, 'name')));
    open(1);
    expect(new Set(arns).size).toBe(1);
    await ended(arns[0] ?? '');
    expect(here.calls).toEqual(['wait']);
  });

  test('are listed newest first, by status and in pages', async () => {
    const stateMachineArn = has('list', 'STANDARD', machine({ A: call('add') }));
    for (const name of ['1', '2', '3']) await ended(await begin(stateMachineArn, name, { a: 1 }));
    const list = (more = {}) => here.states.send(new ListExecutionsCommand({ stateMachineArn, ...more }));
    const page = await list({ maxResults: 2 });
    const rest = await list({ maxResults: 2, nextToken: page.nextToken });
    const names = [...(page.executions ?? []), ...(rest.executions ?? [])].map(({ name }) => name);
    expect([names.sort(), rest.nextToken]).toEqual([['1', '2', '3'], undefined]);
    expect((await list({ statusFilter: 'FAILED' })).executions).toEqual([]);
  });

  test('are stopped before their next state', async () => {
    const { open, opened } = gate();
    here.functions.wait = () => opened;
    const states = { A: call('wait', { Next: 'B' }), B: call('add') };
    const executionArn = await begin(has('stop', 'STANDARD', machine(states)), 'name');
    await here.states.send(new StopExecutionCommand({ executionArn, error: 'Enough', cause: 'asked' }));
    expect(await ended(executionArn)).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'asked' });
    open(1);
    expect(here.calls).toEqual(['wait']);
  });

  test('go on after a restart where they were, and Express ones do not', async () => {
    here.functions.wait = () => new Promise(() => {});
    const flow = machine({
      A: call('add', { Assign: { sum: '{% $states.result.Payload.sum %}' }, Next: 'B' }),
      B: call('wait', { Output: '{% $sum %}', End: true }),
    });
    const executionArn = await begin(has('standard', 'STANDARD', flow), 'name', { a: 1 });
    await begin(has('express', 'EXPRESS', flow), 'name', { a: 1 });
    await expect.poll(() => here.calls.length).toBe(4);
    await stop();
    here.calls = [];
    here.functions.wait = () => 'answered';
    await start();
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '2' });
    expect(here.calls).toEqual(['wait']);
  });

  test('whose machine comes later go on when told so', async () => {
    const { opened } = gate();
    here.functions.wait = () => opened;
    const flow = machine({ A: call('wait') });
    const executionArn = await begin(has('later', 'STANDARD', flow), 'name');
    await stop();
    here.machines = {};
    here.functions.wait = () => 1;
    await start();
    expect((await here.states.send(new DescribeExecutionCommand({ executionArn }))).status).toBe('RUNNING');
    has('later', 'STANDARD', flow);
    here.services.resume();
    expect((await ended(executionArn)).status).toBe('SUCCEEDED');
  });
});
