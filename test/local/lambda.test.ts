import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { createFunctions } from '../../local/functions.ts';
import { createPool, mostBytes, type Pool } from '../../local/lambda/pool.ts';
import { turnLog } from '../../local/log.ts';
import { cleanEnv } from '../../local/loopback.ts';
import { root, temporaryHome, until } from './support/homes.ts';

const { home, remove } = temporaryHome();
afterAll(remove);
const log = join(home, 'log');
const settings = { root, env: cleanEnv({ SHARED: 'yes' }), log, cache: join(home, 'cache') };
const odd = {
  name: 'odd',
  arn: 'arn:aws:lambda:us-east-1:000000000000:function:odd',
  source: 'test/local/support/functions/odd.ts',
  env: { OWN: 'mine' },
  timeoutSeconds: 10,
  memoryMb: 256,
};

const pools: Pool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.stop();
});
function open(fn = odd, most?: number): Pool {
  const pool = createPool(fn, { ...settings, most });
  pools.push(pool);
  return pool;
}
async function run(pool: Pool, event: object) {
  const { ok, payload } = await pool.invoke(JSON.stringify(event));
  return { ok, value: JSON.parse(payload) };
}

test('a function sees its own environment, its name and the time that is left, and nothing of the host', async () => {
  process.env.OF_THE_HOST = 'secret';
  const { ok, value } = await run(open(), { do: 'tell' });
  delete process.env.OF_THE_HOST;
  expect(ok).toBe(true);
  expect(value).toMatchObject({
    name: 'odd',
    id: expect.stringMatching(/^[\da-f-]{36}$/),
    env: {
      SHARED: 'yes',
      OWN: 'mine',
      AWS_LAMBDA_FUNCTION_NAME: 'odd',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    },
  });
  expect(value.env).not.toHaveProperty('OF_THE_HOST');
  expect(value.left).toBeGreaterThan(8000);
  expect(value.left).toBeLessThanOrEqual(10_000);
});

test('calls one after the other meet the same worker', async () => {
  const pool = open();
  await run(pool, { do: 'tell' });
  await run(pool, { do: 'tell' });
  expect((await run(pool, { do: 'tell' })).value.calls).toBe(3);
});

test('calls at once get workers of their own, at most four; the rest wait their turn', async () => {
  const pool = open();
  const answers = await Promise.all(Array.from({ length: 9 }, () => run(pool, { do: 'sleep', ms: 200 })));
  expect(answers.every(({ ok }) => ok)).toBe(true);
  const workers = new Set(answers.map(({ value }) => value.threadId));
  expect(workers.size).toBeLessThanOrEqual(4);
  expect(workers.size).toBeGreaterThan(1);
});

test('a worker that has long had nothing to do is ended, and the next call gets a new one', async () => {
  const pool = createPool(odd, { ...settings, idleMs: 40 });
  pools.push(pool);
  await run(pool, { do: 'tell' });
  expect((await run(pool, { do: 'tell' })).value.calls).toBe(2);
  await new Promise((later) => setTimeout(later, 200));
  expect((await run(pool, { do: 'tell' })).value.calls).toBe(1);
});

test('a worker has one event at a time', async () => {
  const pool = open(odd, 1);
  const started = performance.now();
  await Promise.all([run(pool, { do: 'sleep', ms: 150 }), run(pool, { do: 'sleep', ms: 150 })]);
  expect(performance.now() - started).toBeGreaterThanOrEqual(295);
});

test.each([
  ['throws', { do: 'throw' }, { errorType: 'Refused', errorMessage: 'not today', trace: expect.any(Array) }],
  ['throws what is no error', { do: 'throwText' }, { errorType: 'string', errorMessage: 'plain text' }],
  ['ends its process', { do: 'exit' }, { errorType: 'Runtime.ExitError' }],
  [
    'leaves a rejection to nobody',
    { do: 'reject' },
    { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'nobody listens' },
  ],
  ['answers more than 6 MB', { do: 'big', bytes: mostBytes }, { errorType: 'Function.ResponseSizeTooLarge' }],
])('a function that %s fails in the words of Lambda, and the next call works', async (_, event, expected) => {
  const pool = open();
  const { ok, value } = await run(pool, event);
  expect(ok).toBe(false);
  expect(value).toMatchObject(expected);
  expect((await run(pool, { do: 'tell' })).ok).toBe(true);
});

test.each(['sleep', 'spin'])(
  'a function that takes too long (%s) is ended, and the next call gets a new worker',
  async (way) => {
    const pool = open({ ...odd, timeoutSeconds: 1 }, 1);
    await run(pool, { do: 'tell' });
    const late = run(pool, { do: way, ms: 60_000 });
    const next = run(pool, { do: 'tell' });
    expect(await late).toMatchObject({
      ok: false,
      value: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 1.00 seconds' },
    });
    expect((await next).value.calls).toBe(1);
  },
);

test('nothing of a function goes on after its time is over', async () => {
  await run(open({ ...odd, timeoutSeconds: 1 }), { do: 'linger' });
  const count = () => readFileSync(log, 'utf8').split('still here').length;
  await new Promise((later) => setTimeout(later, 100));
  const before = count();
  expect(before).toBeGreaterThan(1);
  await new Promise((later) => setTimeout(later, 150));
  expect(count()).toBe(before);
});

test('a file that cannot be loaded fails its calls with the reason', async () => {
  const { ok, value } = await run(open({ ...odd, source: 'test/local/support/functions/none.ts' }), {});
  expect(ok).toBe(false);
  expect(value.errorMessage).toMatch(/none\.ts/);
});

test('no answer is null, as in JSON', async () => {
  expect(await run(open(), { do: 'nothing' })).toEqual({ ok: true, value: null });
});

test('an event of more than 6 MB is refused before it is sent', async () => {
  const { ok, value } = await run(open(), { do: 'tell', filler: 'x'.repeat(mostBytes) });
  expect({ ok, value }).toMatchObject({ ok: false, value: { errorType: 'RequestTooLargeException' } });
});

test('what a function prints goes to the log, each line with time, function and request', async () => {
  const { value } = await run(open(), { do: 'print' });
  const lines = await until(() => {
    const all = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [];
    const own = all.filter((line) => line.includes(value.id));
    return own.length >= 3 ? own : undefined;
  }, 'three lines');
  expect(lines.map((line) => line.replace(/^\S+Z /, ''))).toEqual([
    `odd ${value.id} one`,
    `odd ${value.id} two`,
    `odd ${value.id} three`,
  ]);
});

test('a log that has grown large is put aside, over the one before', () => {
  const large = join(home, 'large');
  for (const content of ['first', 'second']) {
    writeFileSync(large, content);
    turnLog(large, 4);
    expect(existsSync(large)).toBe(false);
    expect(readFileSync(`${large}.1`, 'utf8')).toBe(content);
  }
  writeFileSync(large, 'tiny');
  turnLog(large, 4);
  expect(readFileSync(large, 'utf8')).toBe('tiny');
});

test('functions are called by name or ARN; what one throws is thrown under its name', async () => {
  const functions = createFunctions();
  functions.open([odd], settings);
  try {
    expect(await functions.call(odd.arn, { do: 'tell' })).toMatchObject({ name: 'odd' });
    await expect(functions.call('odd', { do: 'throw' })).rejects.toMatchObject({
      name: 'Refused',
      message: 'not today',
    });
    await expect(functions.call('nobody', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  } finally {
    await functions.stop();
  }
});
