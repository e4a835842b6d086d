import { describe, expect, test } from 'vitest';
import { run } from '../../local/asl/run.ts';
import { call, drivenWorld, fault, machine, placeholder } from './support/world.ts';

describe('Task', () => {
  test('calls a function by the name in its placeholder and hands on what it answers', async () => {
    const { world, calls } = drivenWorld({ add: ({ a }: { a: number }) => ({ sum: a + 1 }) });
    expect(await run(machine({ A: call(placeholder('add')) }), { a: 1 }, world)).toEqual({ sum: 2 });
    expect(calls).toEqual([['add', { a: 1 }]]);
  });

  test('gives the whole reply of Lambda where it has no Output, and null for nothing', async () => {
    const { world } = drivenWorld({ nothing: () => undefined });
    const { Output: _, ...state } = call('arn:aws:lambda:us-east-1:000000000000:function:nothing');
    const named = { ...world, invoke: async () => undefined };
    expect(await run(machine({ A: state }), {}, named)).toMatchObject({ Payload: null, StatusCode: 200 });
  });

  test('an error keeps its name, and the cause is worded as Lambda words it', async () => {
    const { world } = drivenWorld({ bad: () => Promise.reject(fault('Conflict', 'taken')) });
    const failed = run(machine({ A: call('bad') }), {}, world);
    await expect(failed).rejects.toMatchObject({ name: 'Conflict' });
    await expect(failed).rejects.toThrow('{"errorType":"Conflict","errorMessage":"taken"}');
  });

  test('a time-out of the function is States.Timeout', async () => {
    const { world } = drivenWorld({ slow: () => Promise.reject(fault('TimeoutError')) });
    await expect(run(machine({ A: call('slow') }), {}, world)).rejects.toMatchObject({
      name: 'States.Timeout',
    });
  });

  test('TimeoutSeconds ends a task by the clock of the world', async () => {
    const late = drivenWorld({ late: () => late.pass(11) });
    const state = call('late', { TimeoutSeconds: 10, End: true });
    await expect(run(machine({ A: state }), {}, late.world)).rejects.toMatchObject({
      name: 'States.Timeout',
    });
  });

  test('TimeoutSeconds ends a task that never answers', async () => {
    const { world } = drivenWorld({ never: () => new Promise(() => {}) });
    const caught = { ErrorEquals: ['States.Timeout'], Next: 'B' };
    const state = call('never', { TimeoutSeconds: 0.02, Catch: [caught], End: true });
    const ended = await run(machine({ A: state, B: { Type: 'Succeed' } }), {}, world);
    expect(ended).toMatchObject({ Error: 'States.Timeout' });
  });
});
