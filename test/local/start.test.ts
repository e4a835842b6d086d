import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnv, freePort } from '../../local/loopback.ts';
import { root, temporaryHome, until } from './support/homes.ts';
import { call, type Started, start, startArguments } from './support/started.ts';

const { home, remove } = temporaryHome();
let slipway: Started;
beforeAll(async () => {
  slipway = await start(home);
});
afterAll(async () => {
  slipway.child.kill('SIGTERM');
  await slipway.gone;
  remove();
});

const end = async (signal: NodeJS.Signals) => {
  slipway.child.kill(signal);
  return slipway.gone;
};
const counts = async () => ({
  projects: (await call(slipway, 'GET', '/api/projects')).body.total,
  models: (await call(slipway, 'GET', '/api/models')).body.total,
  keys: (await call(slipway, 'GET', '/api/auth/api-keys')).body.total,
});

test('it is healthy once it has said so', async () => {
  const reply = await fetch(`${slipway.url}/healthz`);
  expect([reply.status, await reply.json()]).toEqual([200, { status: 'ok', version: expect.any(String) }]);
});

test('the key that it prints is in a file that only its owner reads', () => {
  const file = join(home, 'admin-key');
  expect(readFileSync(file, 'utf8').trim()).toBe(slipway.key);
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('the calls that it prints work', async () => {
  const lines = slipway.words().match(/^ +curl .*$/gm) ?? [];
  expect(lines).toHaveLength(4);
  const answers = [];
  for (const line of lines) {
    const { stdout } = await promisify(execFile)('sh', ['-c', `${line} -sS`]);
    answers.push(JSON.parse(stdout));
  }
  expect(answers).toMatchObject([
    { predictions: [{ prediction: '1' }], contributions: [expect.any(Array)] },
    { total: 1, items: [{ prediction: '1' }] },
    { total: 1, items: [{ stage: 'production', is_active: true }] },
    { status: 'queued' },
  ]);
});

test('the table of the sample is scored whole when somebody asks for it, and its schedule goes with it', async () => {
  const path = '/api/models/tumour-xgboost/deployments/patients';
  const over = async () => {
    const { last_run } = (await call(slipway, 'GET', path)).body;
    return ['succeeded', 'failed'].includes(last_run.status) ? last_run : undefined;
  };
  expect(await until(over, 'the end of the run', 60_000)).toMatchObject({
    status: 'succeeded',
    rows_scored: 426,
    error_message: null,
  });
  const schedules = () => readFileSync(join(home, 'batch-schedules.json'), 'utf8');
  expect(schedules()).toContain('cron(0 6 * * ? *)');
  await call(slipway, 'POST', `${path}/stop`, {});
  await until(() => schedules() === '{}', 'the end of the schedule');
  await call(slipway, 'POST', `${path}/start`, {});
  await until(() => schedules().includes('startScheduledRun'), 'the schedule');
});

test('the sample has two models that are ready, one of them in production', async () => {
  const { body } = await call(slipway, 'GET', '/api/models');
  expect(body.items).toMatchObject([
    { name: 'tumour-lightgbm', status: 'ready', is_production: false },
    { name: 'tumour-xgboost', status: 'ready', is_production: true, has_baseline: true },
  ]);
});

test('SIGTERM ends it cleanly, and another start finds all as it was', async () => {
  const before = await counts();
  expect(await end('SIGTERM')).toBe(0);
  expect(existsSync(join(home, 'lock'))).toBe(false);
  slipway = await start(home);
  expect(await counts()).toEqual(before);
});

test('Ctrl-C ends it cleanly; a sample that was cut short is completed, not made again', async () => {
  const before = await counts();
  expect(await end('SIGINT')).toBe(0);
  rmSync(join(home, 'sample.json'));
  slipway = await start(home);
  expect(await counts()).toEqual(before);
  expect(existsSync(join(home, 'sample.json'))).toBe(true);
});

test('it ends with a word of explanation when its database dies, and starts again', async () => {
  const { database } = JSON.parse(readFileSync(join(home, 'lock'), 'utf8'));
  process.kill(database.pid, 'SIGKILL');
  expect(await slipway.gone).toBe(1);
  expect(slipway.words()).toMatch(/The database has ended by itself\. Start again: .*\n$/);
  const before = slipway.key;
  slipway = await start(home);
  expect(slipway.key).toBe(before);
});

test.each([300, 900, 2000])(
  'Ctrl-C %d ms after the start ends it without a word of complaint, and leaves nothing running',
  async (ms) => {
    const other = temporaryHome();
    const child = spawn(process.execPath, startArguments, {
      cwd: root,
      env: cleanEnv({ SLIPWAY_HOME: other.home, PORT: String(await freePort()) }),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const words = text(child.stderr);
    const gone = once(child, 'exit');
    await pause(ms);
    child.kill('SIGINT');
    // Before it can hear the signal, the signal itself ends it.
    expect([
      [0, null],
      [null, 'SIGINT'],
    ]).toContainEqual(await gone);
    expect(await words).toBe('');
    expect(existsSync(join(other.home, 'lock'))).toBe(false);
    other.remove();
  },
);

test('a second one in the same home is refused in one line', async () => {
  const second = spawn(process.execPath, startArguments, {
    cwd: root,
    env: cleanEnv({ SLIPWAY_HOME: home, PORT: '8899' }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [words, [code]] = await Promise.all([text(second.stderr), once(second, 'exit')]);
  expect(code).toBe(1);
  expect(words).toMatch(/^Slipway already works in .*\n$/);
});

test.each(['0', 'eighty', '70000'])('a port that is none is refused: %s', async (port) => {
  const child = spawn(process.execPath, startArguments, {
    cwd: root,
    env: cleanEnv({ SLIPWAY_HOME: home, PORT: port }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [words, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect([code, words]).toEqual([1, 'PORT is a number from 1 to 65535.\n']);
});

test('an older Node gets two lines that say what to do', async () => {
  const older = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"20.1.0"}})';
  const child = spawn(process.execPath, ['--import', older, ...startArguments], {
    cwd: root,
    env: cleanEnv(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [words, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(code).toBe(1);
  expect(words.trim().split('\n')).toEqual([
    'Slipway needs Node 24 or newer; this is Node 20.1.0.',
    'Run `npm ci` without `--omit=optional`, which brings one along, or install Node 24.',
  ]);
});
