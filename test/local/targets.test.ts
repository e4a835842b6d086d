import { expect, test } from 'vitest';
import { toTargets } from '../../local/targets.ts';

test('a rule calls a function and waits for it; a machine is started and not waited for', async () => {
  const calls: string[][] = [];
  const call = toTargets(
    async (name, event) => {
      calls.push(['function', name, event]);
      return { ok: false, payload: 'no' };
    },
    (arn, input) => calls.push(['machine', arn, input]),
  );
  const arn = 'arn:aws:states:us-east-1:000000000000:stateMachine:drift';
  expect(await call('closeHours', '{"a":1}')).toEqual({ ok: false, payload: 'no' });
  expect(await call(arn, '{}')).toEqual({ ok: true, payload: '{}' });
  expect(calls).toEqual([
    ['function', 'closeHours', '{"a":1}'],
    ['machine', arn, '{}'],
  ]);
});
