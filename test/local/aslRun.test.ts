import { describe, expect, test } from 'vitest';
import type { Progress } from '../../local/asl/machine.ts';
import { run } from '../../local/asl/run.ts';
import { call, drivenWorld, machine } from './support/world.ts';

const pass = (Output: unknown) => machine({ A: { Type: 'Pass', Output, End: true } });

describe('a whole run', () => {
  test('the time limit of the machine cannot be caught', async () => {
    const late = drivenWorld({ late: () => late.pass(61) });
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'B' }];
    const states = { A: call('late', { Catch, Next: 'B' }), B: { Type: 'Succeed' } };
    const failed = run(machine(states, { TimeoutSeconds: 60 }), {}, late.world);
    await expect(failed).rejects.toMatchObject({
      name: 'States.Timeout',
      message: 'The execution ran out of time',
    });
  });

  test('a signal stops it before the next state, and nothing catches that', async () => {
    const halt = new AbortController();
    const { world, entered } = drivenWorld({ stop: () => halt.abort('stopped') });
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'B' }];
    const states = { A: call('stop', { Catch, Next: 'B' }), B: { Type: 'Succeed' } };
    await expect(run(machine(states), {}, world, { signal: halt.signal })).rejects.toBe('stopped');
    expect(entered).toEqual(['A']);
  });

  test('it goes on in another process from any state, with the same end', async () => {
    const saved: Progress[] = [];
    const functions = { add: (x: number) => x + 1 };
    const states = {
      A: call('add', { Assign: { first: '{% $states.input %}' }, Next: 'W' }),
      W: { Type: 'Wait', Seconds: 100, Next: 'B' },
      B: call('add', { Next: 'C' }),
      C: { Type: 'Pass', Output: ['{% $first %}', '{% $states.input %}'], End: true },
    };
    const first = drivenWorld(functions);
    const save = (progress: Progress) => void saved.push(JSON.parse(JSON.stringify(progress)));
    expect(await run(machine(states), 1, first.world, { saved: save })).toEqual([1, 3]);
    expect(saved.map(({ state }) => state)).toEqual(['A', 'W', 'B', 'C']);
    for (const from of saved)
      expect(await run(machine(states), 'not read', drivenWorld(functions).world, { from })).toEqual([1, 3]);
    const later = drivenWorld(functions);
    later.pass(70);
    await run(machine(states), 1, later.world, { from: saved[1] });
    expect(later.slept).toEqual([30]);
  });

  test('the context says which execution, state and retry it is', async () => {
    const { world } = drivenWorld();
    const output = ['{% $states.context.Execution.Name %}', '{% $states.context.State.Name %}'];
    const context = { Execution: { Name: 'one' } };
    expect(await run(pass(output), {}, world, { context })).toEqual(['one', 'A']);
  });
});
