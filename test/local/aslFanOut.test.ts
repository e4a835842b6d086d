import { describe, expect, test } from 'vitest';
import { run } from '../../local/asl/run.ts';
import { call, drivenWorld, fault, machine } from './support/world.ts';

describe('Parallel and Map', () => {
  const branch = (state: object) => ({ StartAt: 'S', States: { S: state } });

  test('branches get the same input, read the variables outside, and their results come in order', async () => {
    const { world } = drivenWorld({ one: () => 1, two: () => 2 });
    const inner = { Type: 'Pass', Assign: { x: 'inside' }, Output: '{% $x %}', End: true };
    const states = {
      A: { Type: 'Pass', Assign: { x: 'outside' }, Next: 'P' },
      P: { Type: 'Parallel', Branches: [branch(call('one')), branch(call('two')), branch(inner)], Next: 'Z' },
      Z: { Type: 'Pass', Output: ['{% $states.input %}', '{% $x %}'], End: true },
    };
    expect(await run(machine(states), {}, world)).toEqual([[1, 2, 'outside'], 'outside']);
  });

  test('the first branch that fails fails the whole and stops the others', async () => {
    const { world, calls } = drivenWorld({
      bad: () => Promise.reject(fault('Broken')),
      late: () => new Promise((done) => setTimeout(done, 20)),
      never: () => 1,
    });
    const slow = { StartAt: 'S', States: { S: call('late', { Next: 'T' }), T: call('never') } };
    const Catch = [{ ErrorEquals: ['Broken'], Next: 'Z' }];
    const states = {
      P: { Type: 'Parallel', Branches: [slow, branch(call('bad'))], Catch, End: true },
      Z: { Type: 'Succeed' },
    };
    expect(await run(machine(states), {}, world)).toMatchObject({ Error: 'Broken' });
    expect(calls.map(([name]) => name)).toEqual(['late', 'bad']);
  });

  test('a Map goes through its items in order, a few at a time, and knows item and place', async () => {
    let busy = 0;
    let most = 0;
    const { world } = drivenWorld({
      double: async ({ v }: { v: number }) => {
        most = Math.max(most, ++busy);
        await new Promise((done) => setTimeout(done, 5 - v));
        busy -= 1;
        return v * 2;
      },
    });
    const state = {
      Type: 'Map',
      Items: '{% $states.input.items %}',
      ItemSelector: {
        v: '{% $states.context.Map.Item.Value %}',
        i: '{% $states.context.Map.Item.Index %}',
        all: '{% $count($states.input.items) %}',
      },
      MaxConcurrency: 2,
      ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...branch(call('double')) },
      Output: { doubled: '{% $states.result %}' },
      End: true,
    };
    expect(await run(machine({ A: state }), { items: [1, 2, 3, 4] }, world)).toEqual({
      doubled: [2, 4, 6, 8],
    });
    expect(most).toBe(2);
  });

  test('a Map over no items gives none, and over what is no array is States.QueryEvaluationError', async () => {
    const over = (items: unknown) => {
      const ItemProcessor = branch({ Type: 'Pass', End: true });
      const state = { Type: 'Map', Items: '{% $states.input.items %}', ItemProcessor, End: true };
      return run(machine({ A: state }), { items }, drivenWorld().world);
    };
    expect(await over([])).toEqual([]);
    expect(await over([1])).toEqual([1]);
    await expect(over({ a: 1 })).rejects.toMatchObject({ name: 'States.QueryEvaluationError' });
  });
});

describe('a distributed Map', () => {
  const over = (more: object, functions = {}, state: object = call('part')) => {
    const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' };
    const ItemProcessor = { ProcessorConfig, StartAt: 'S', States: { S: state } };
    const { world } = drivenWorld(functions);
    const known: Record<string, string> = { 'runs/parts.json': '[1, 2, 3, 4]', 'runs/broken': '[1,' };
    const read = async (bucket: string, key: string) => known[`${bucket}/${key}`];
    const states = {
      A: { Type: 'Pass', Assign: { outer: 1 }, Next: 'M' },
      M: { Type: 'Map', ItemProcessor, End: true, ...more },
    };
    return run(machine(states), { key: 'parts.json', items: [1, 2, 3, 4] }, { ...world, read });
  };
  const from = (Key: string) => ({
    ItemReader: { ReaderConfig: { InputType: 'JSON' }, Arguments: { Bucket: 'runs', Key } },
  });
  const Items = '{% $states.input.items %}';
  const odd = {
    part: (item: number) => {
      if (item % 2 === 1) throw fault('Odd');
      return item;
    },
  };

  test('goes through items of the input or of an object', async () => {
    const double = { part: (item: number) => item * 2 };
    expect(await over({ Items }, double)).toEqual([2, 4, 6, 8]);
    expect(await over(from('{% $states.input.key %}'), double)).toEqual([2, 4, 6, 8]);
  });

  test.each(['none', 'broken'])('an object that is %s is States.ItemReaderFailed', async (key) => {
    await expect(over(from(key))).rejects.toMatchObject({ name: 'States.ItemReaderFailed' });
  });

  test('does not see the variables outside', async () => {
    const look = { Type: 'Pass', Output: '{% $outer %}', End: true };
    await expect(over({ Items }, {}, look)).rejects.toMatchObject({ name: 'States.QueryEvaluationError' });
  });

  test.each([
    [{}, 'Odd'],
    [{ ToleratedFailureCount: 1 }, 'States.ExceedToleratedFailureThreshold'],
    [{ ToleratedFailurePercentage: 49 }, 'States.ExceedToleratedFailureThreshold'],
    [{ ToleratedFailureCount: 2, ToleratedFailurePercentage: 25 }, 'States.ExceedToleratedFailureThreshold'],
  ])('of four items two fail: %j ends it as %s', async (limits, name) => {
    await expect(over({ Items, ...limits }, odd)).rejects.toMatchObject({ name });
  });

  test.each([{ ToleratedFailureCount: 2 }, { ToleratedFailurePercentage: 50 }])(
    'of four items two fail: %j goes on with the rest',
    async (limits) => {
      expect(await over({ Items, ...limits }, odd)).toEqual([2, 4]);
    },
  );
});
