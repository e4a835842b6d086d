import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { createPool, type Pool } from '../../local/lambda/pool.ts';
import { cleanEnv } from '../../local/loopback.ts';
import { root, temporaryHome, until } from './support/homes.ts';

const { home, remove } = temporaryHome();
afterAll(remove);
const settings = {
  ...{ root, env: cleanEnv({ SHARED: 'yes' }), log: join(home, 'log'), cache: join(home, 'cache') },
  most: 1,
};
const odd = {
  name: 'odd',
  arn: 'arn:aws:lambda:us-east-1:000000000000:function:odd',
  source: 'test/local/support/functions/odd.ts',
  env: { OWN: 'mine' },
  timeoutSeconds: 10,
  memoryMb: 256,
  apart: true,
};
const engine = { ...odd, name: 'engine', source: 'test/local/support/functions/engine.ts' };

const pools: Pool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.stop();
});
function open(fn = odd): Pool {
  const pool = createPool(fn, settings);
  pools.push(pool);
  return pool;
}
async function run(pool: Pool, event: object) {
  const { ok, payload } = await pool.invoke(JSON.stringify(event));
  return { ok, value: JSON.parse(payload) };
}
const lives = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a function with native code is a process of its own, with its own environment and one event at a time', async () => {
  const pool = open();
  const { ok, value } = await run(pool, { do: 'tell' });
  expect(ok).toBe(true);
  expect(value).toMatchObject({
    ...{ name: 'odd', threadId: 0 },
    env: { SHARED: 'yes', OWN: 'mine', AWS_LAMBDA_FUNCTION_NAME: 'odd' },
  });
  expect(value.env).not.toHaveProperty('VITEST');
  expect((await run(pool, { do: 'tell' })).value.calls).toBe(2);
});

test.each([
  ['throws', { do: 'throw' }, { errorType: 'Refused', errorMessage: 'not today', trace: expect.any(Array) }],
  ['ends its process', { do: 'exit' }, { errorType: 'Runtime.ExitError' }],
])('one that %s fails in the words of Lambda, and the next call works', async (_, event, expected) => {
  const pool = open();
  const { ok, value } = await run(pool, event);
  expect(ok).toBe(false);
  expect(value).toMatchObject(expected);
  expect((await run(pool, { do: 'tell' })).ok).toBe(true);
});

test('an engine in the middle of a query is ended with its time, and nothing else with it', async () => {
  const pool = open({ ...engine, timeoutSeconds: 2 });
  const first = await run(pool, { rows: 10 });
  expect(first).toMatchObject({ ok: true, value: { total: expect.stringMatching(/^19\.306/) } });
  const late = await run(pool, { rows: 1e12 });
  expect(late).toMatchObject({ ok: false, value: { errorType: 'Sandbox.Timedout' } });
  await until(() => !lives(first.value.pid), 'the end of the process');
  expect(await run(pool, { rows: 10 })).toMatchObject({ ok: true });
});

test('stopping ends the process and its query', async () => {
  const pool = open(engine);
  const { value } = await run(pool, { rows: 10 });
  const late = run(pool, { rows: 1e12 });
  expect(lives(value.pid)).toBe(true);
  await pool.stop();
  expect(lives(value.pid)).toBe(false);
  expect((await late).ok).toBe(false);
});
