import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failed, run } from '../../local/asl/run.ts';
import { call, drivenWorld, machine } from './support/world.ts';

describe('Choice', () => {
  const chosen = (conditions: unknown[], input: unknown, Default?: string) =>
    run(
      machine({
        Pick: {
          Type: 'Choice',
          Choices: conditions.map((Condition, i) => ({ Condition, Next: `R${i}` })),
          Default,
        },
        ...Object.fromEntries(conditions.map((_, i) => [`R${i}`, { Type: 'Pass', Output: i, End: true }])),
        Otherwise: { Type: 'Pass', Output: 'default', End: true },
      }),
      input,
      drivenWorld().world,
    );

  test('the first rule that holds is taken, and the default only when none does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 6 }), async (holds) => {
        const conditions = holds.map((_, i) => `{% $states.input.holds[${i}] %}`);
        const first = holds.indexOf(true);
        expect(await chosen(conditions, { holds }, 'Otherwise')).toBe(first < 0 ? 'default' : first);
      }),
      { numRuns: 50 },
    );
  });

  test('no rule and no default is States.NoChoiceMatched', async () => {
    await expect(chosen(['{% false %}'], {})).rejects.toMatchObject({ name: 'States.NoChoiceMatched' });
  });

  test.each(['{% 1 %}', '{% "true" %}', 'true', '{% $states.input.missing %}'])(
    'the condition %s is neither true nor false: States.QueryEvaluationError',
    async (condition) => {
      await expect(chosen([condition], {}, 'Otherwise')).rejects.toMatchObject({
        name: 'States.QueryEvaluationError',
      });
    },
  );

  test('a rule has its own Assign and Output; those of the state go with the default', async () => {
    const picked = (a: number) =>
      run(
        machine({
          Pick: {
            Type: 'Choice',
            Choices: [
              {
                Condition: '{% $states.input.a = 1 %}',
                Next: 'End',
                Assign: { by: 'rule' },
                Output: 'ruled',
              },
            ],
            Default: 'End',
            Assign: { by: 'default' },
          },
          End: { Type: 'Pass', Output: ['{% $by %}', '{% $states.input %}'], End: true },
        }),
        { a },
        drivenWorld().world,
      );
    expect(await picked(1)).toEqual(['rule', 'ruled']);
    expect(await picked(2)).toEqual(['default', { a: 2 }]);
  });
});

describe('Pass, Wait, Succeed, Fail', () => {
  test('every Assign reads the variables as they were before', async () => {
    const states = {
      A: { Type: 'Pass', Assign: { x: 1, y: 2 }, Next: 'B' },
      B: { Type: 'Pass', Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: '{% $x %}', Next: 'C' },
      C: { Type: 'Pass', Output: ['{% $x %}', '{% $y %}', '{% $states.input %}'], End: true },
    };
    expect(await run(machine(states), {}, drivenWorld().world)).toEqual([2, 1, 1]);
  });

  test('a Wait sleeps so many seconds or until a time, and lets its input through', async () => {
    const { world, slept } = drivenWorld();
    const states = {
      A: { Type: 'Wait', Seconds: '{% $states.input.s %}', Next: 'B' },
      B: { Type: 'Wait', Timestamp: '2026-01-01T00:01:00Z', Next: 'C' },
      C: { Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z', Next: 'D' },
      D: { Type: 'Succeed', Output: '{% $states.input %}' },
    };
    expect(await run(machine(states), { s: 20 }, world)).toEqual({ s: 20 });
    expect(slept).toEqual([20, 40]);
  });

  test('a Fail ends with its error and cause', async () => {
    const state = { Type: 'Fail', Error: '{% "Conflict" %}', Cause: '{% $states.input.why %}' };
    const failed = run(machine({ A: state }), { why: 'taken' }, drivenWorld().world);
    await expect(failed).rejects.toBeInstanceOf(Failed);
    await expect(failed).rejects.toMatchObject({ name: 'Conflict', message: 'taken' });
  });

  test('what is handed on is at most 256 KiB, and a Catch of all does not help', async () => {
    const { world } = drivenWorld({ big: () => 'x'.repeat(300_000) });
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'B' }];
    const states = { A: call('big', { Catch, End: true }), B: { Type: 'Succeed' } };
    await expect(run(machine(states), {}, world)).rejects.toMatchObject({ name: 'States.DataLimitExceeded' });
  });

  test('a machine that goes round for ever is ended', async () => {
    const round = { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } };
    await expect(run(machine(round), {}, drivenWorld().world)).rejects.toMatchObject({
      name: 'States.Runtime',
    });
  });
});
