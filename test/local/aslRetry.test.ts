import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { delayOf } from '../../local/asl/retry.ts';
import { run } from '../../local/asl/run.ts';
import { call, drivenWorld, fault, machine } from './support/world.ts';

describe('Retry and Catch', () => {
  const flaky = (failures: number, name = 'Lambda.TooManyRequestsException') => {
    let calls = 0;
    return drivenWorld({
      flaky: () => {
        if (calls++ < failures) throw fault(name);
        return calls;
      },
    });
  };
  const retry = (more: object) => [{ ErrorEquals: ['Lambda.TooManyRequestsException'], ...more }];

  test('retries wait longer and longer, up to a limit, and half of it on average with full jitter', async () => {
    const plain = flaky(4);
    const rule = { IntervalSeconds: 2, BackoffRate: 3, MaxDelaySeconds: 20, MaxAttempts: 4 };
    expect(await run(machine({ A: call('flaky', { Retry: retry(rule), End: true }) }), {}, plain.world)).toBe(
      5,
    );
    expect(plain.slept).toEqual([2, 6, 18, 20]);
    const jitter = flaky(4);
    const full = retry({ ...rule, JitterStrategy: 'FULL' });
    await run(machine({ A: call('flaky', { Retry: full, End: true }) }), {}, jitter.world);
    expect(jitter.slept).toEqual([1, 3, 9, 10]);
  });

  test('without figures there are three retries after 1, 2 and 4 seconds', async () => {
    const { world, slept, calls } = flaky(9);
    const failed = run(machine({ A: call('flaky', { Retry: retry({}), End: true }) }), {}, world);
    await expect(failed).rejects.toMatchObject({ name: 'Lambda.TooManyRequestsException' });
    expect([slept, calls.length]).toEqual([[1, 2, 4], 4]);
  });

  test('each retrier counts on its own', async () => {
    const names = ['A', 'B', 'A', 'B', 'A'];
    let at = 0;
    const { world, slept } = drivenWorld({
      mixed: () => {
        const name = names[at++];
        if (name) throw fault(name);
      },
    });
    const Retry = ['A', 'B'].map((name, i) => ({
      ErrorEquals: [name],
      IntervalSeconds: i + 1,
      MaxAttempts: 3,
    }));
    await run(machine({ A: call('mixed', { Retry, End: true }) }), {}, world);
    expect(slept).toEqual([1, 2, 2, 4, 4]);
  });

  test.each([
    ['States.ALL', 'Any', true],
    ['States.ALL', 'States.Timeout', true],
    ['States.ALL', 'States.DataLimitExceeded', false],
    ['States.ALL', 'States.Runtime', false],
    ['States.TaskFailed', 'Any', true],
    ['States.TaskFailed', 'States.Timeout', false],
    ['Any', 'Any', true],
    ['Any', 'Other', false],
  ])('a Catch of %s and an error %s: caught is %s', async (listed, name, caught) => {
    const { world } = flaky(1, name);
    const Catch = [{ ErrorEquals: [listed], Next: 'B', Output: 'caught' }];
    const ended = run(machine({ A: call('flaky', { Catch, End: true }), B: { Type: 'Succeed' } }), {}, world);
    if (caught) expect(await ended).toBe('caught');
    else await expect(ended).rejects.toMatchObject({ name });
  });

  test('retries come first; what is left is caught, with the error at hand and the variables as they were', async () => {
    const { world, slept } = flaky(9);
    const Catch = [
      {
        ErrorEquals: ['States.ALL'],
        Next: 'B',
        Assign: { reason: '{% $states.errorOutput.Error %}' },
        Output: '{% $states.input %}',
      },
    ];
    const states = {
      A: call('flaky', { Retry: retry({ MaxAttempts: 1 }), Catch, Assign: { reason: 'never' }, End: true }),
      B: { Type: 'Pass', Output: { reason: '{% $reason %}', was: '{% $states.input.a %}' }, End: true },
    };
    expect(await run(machine(states), { a: 1 }, world)).toEqual({
      reason: 'Lambda.TooManyRequestsException',
      was: 1,
    });
    expect(slept).toEqual([1]);
  });

  test('an Output that yields nothing is caught as States.QueryEvaluationError', async () => {
    const { world } = drivenWorld({ fine: () => ({}) });
    const Catch = [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'B' }];
    const states = {
      A: call('fine', { Output: '{% $states.result.Payload.missing %}', Catch, End: true }),
      B: { Type: 'Succeed' },
    };
    expect(await run(machine(states), {}, world)).toMatchObject({ Error: 'States.QueryEvaluationError' });
  });

  test('a delay never passes its limit, never shrinks without jitter, and with jitter is a part of it', () => {
    const figures = fc.record({
      IntervalSeconds: fc.integer({ min: 1, max: 1000 }),
      BackoffRate: fc.double({ min: 1, max: 10, noNaN: true }),
      MaxDelaySeconds: fc.integer({ min: 1000, max: 100_000 }),
    });
    fc.assert(
      fc.property(
        figures,
        fc.nat(50),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (given, tried, chance) => {
          const rule = { ErrorEquals: ['A'], ...given };
          const plain = delayOf(rule, tried, () => chance);
          expect(plain).toBeLessThanOrEqual(given.MaxDelaySeconds);
          expect(delayOf(rule, tried + 1, () => chance)).toBeGreaterThanOrEqual(plain);
          expect(delayOf({ ...rule, JitterStrategy: 'FULL' }, tried, () => chance)).toBeCloseTo(
            plain * chance,
            6,
          );
        },
      ),
    );
  });

  test('a task is called once and then as often as its retrier allows, never more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(8), fc.nat(8), async (failures, MaxAttempts) => {
        const { world, calls, slept } = flaky(failures);
        const state = call('flaky', { Retry: retry({ MaxAttempts }), End: true });
        const outcome = await run(machine({ A: state }), {}, world).catch((error) => error.name);
        expect(calls).toHaveLength(Math.min(failures, MaxAttempts) + 1);
        expect(slept).toHaveLength(Math.min(failures, MaxAttempts));
        expect(outcome).toBe(failures <= MaxAttempts ? failures + 1 : 'Lambda.TooManyRequestsException');
      }),
      { numRuns: 40 },
    );
  });
});
