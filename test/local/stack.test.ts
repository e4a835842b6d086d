import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256, signedHeaders } from '../../adapters/aws/sigv4.ts';
import { ask, askTables } from '../../local/ask.ts';
import { close, listen, localKeys } from '../../local/loopback.ts';
import { type Platform, startPlatform } from '../../local/platform.ts';
import { createProgress } from '../../local/progress.ts';
import { root, temporaryHome, until } from './support/homes.ts';

const { home, remove } = temporaryHome();
const application = { root, entry: 'test/local/support/app.ts', parts: ['test/local/support/app.ts'] };
const steps: string[] = [];
let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform({
    home,
    application,
    twice: true,
    progress: createProgress((line) => steps.push(line)),
  });
});
afterAll(async () => {
  await platform.stop();
  remove();
});

const tableNamed = (part: string) => platform.plan.tables.find(({ name }) => name.includes(part))?.name ?? '';
/** What the function `note` was called with so far. */
const noted = () =>
  (existsSync(join(home, 'log')) ? readFileSync(join(home, 'log'), 'utf8') : '')
    .split('\n')
    .flatMap((line) => / note \S+ noted (.*)$/.exec(line)?.[1] ?? [])
    .map((text) => JSON.parse(text));

test('a request reaches its function, which finds its names and only addresses of this machine', async () => {
  const reply = await fetch(`${platform.url}/things/7`, { method: 'POST', body: 'x' });
  const { event, env } = (await reply.json()) as {
    event: { pathParameters: object };
    env: Record<string, string>;
  };
  expect(event.pathParameters).toEqual({ thing: '7' });
  expect(env).toMatchObject({
    THINGS: tableNamed('things'),
    KEYS: tableNamed('keys'),
    AWS_ENDPOINT_URL_DYNAMODB: platform.urls.dynamodb,
    AWS_ENDPOINT_URL_S3: platform.urls.s3,
    AWS_ENDPOINT_URL_SFN: platform.urls.services,
    AWS_ENDPOINT_URL_EVENTBRIDGE: platform.urls.services,
    AWS_ACCESS_KEY_ID: 'test',
  });
  for (const [name, value] of Object.entries(env))
    if (name.startsWith('AWS_ENDPOINT_URL')) expect(value).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('an unknown path reaches the function behind all others', async () => {
  const reply = await fetch(`${platform.url}/nowhere`);
  expect([reply.status, await reply.text()]).toEqual([404, '{"detail":"Not Found"}']);
});

test('a write reaches the listener of its table, twice where the test switch is on', async () => {
  const put = (sk: string) =>
    askTables(platform.urls.dynamodb, 'PutItem', {
      TableName: tableNamed('things'),
      Item: { pk: { S: 'p' }, sk: { S: sk } },
    });
  await put('ignored');
  await put('E#1');
  const seen = await until(() => {
    const events = noted().filter(({ Records }) => Records);
    return events.length === 2 ? events : undefined;
  }, 'the record twice');
  expect(
    seen.map(({ Records }) => Records.map((r: { dynamodb: { NewImage: object } }) => r.dynamodb.NewImage)),
  ).toEqual([[{ pk: { S: 'p' }, sk: { S: 'E#1' } }], [{ pk: { S: 'p' }, sk: { S: 'E#1' } }]]);
});

test('a new object is announced to the rule that waits for it', async () => {
  const url = new URL(`${platform.urls.s3}/${platform.plan.buckets[0]?.name}/spool/one`);
  const asked = {
    method: 'PUT',
    url,
    service: 's3',
    region: 'us-east-1',
    headers: {},
    payload: sha256('hello'),
  };
  const reply = await fetch(url, {
    method: 'PUT',
    body: 'hello',
    headers: signedHeaders({ ...asked, now: Date.now() }, localKeys),
  });
  expect(reply.status).toBe(200);
  const event = await until(() => noted().find(({ source }) => source === 'aws.s3'), 'the event');
  expect(event).toMatchObject({ 'detail-type': 'Object Created', detail: { object: { key: 'spool/one' } } });
});

test('a state machine runs with its functions', async () => {
  const execution = await ask<{ status: string; output: string }>(
    platform.urls.services,
    'AWSStepFunctions.StartSyncExecution',
    { stateMachineArn: platform.plan.machines[0]?.arn, input: '{"from":"machine"}' },
  );
  expect(execution.status).toBe('SUCCEEDED');
  // A worker's output comes by a way of its own, maybe after its answer.
  await until(() => noted().find(({ from }) => from === 'machine'), 'the note of the function');
});

test('progress is told with the time that has passed', () => {
  expect(steps.join('\n')).toMatch(/^ +\d+\.\d s {2}\w+/);
  expect(steps.map((line) => line.replace(/^.* s {2}/, '')).sort()).toEqual([
    'database',
    'functions',
    'gateway',
    'template, made anew',
  ]);
});

test('a home that is in use is refused, and its owner is not disturbed', async () => {
  await expect(startPlatform({ home, application })).rejects.toThrow(/already works in/);
  expect((await fetch(`${platform.url}/nowhere`)).status).toBe(404);
});

test('a port that is taken is told before anything is made', async () => {
  const other = temporaryHome();
  const squatter = createServer();
  const port = await listen(squatter, 0);
  try {
    await expect(startPlatform({ home: other.home, application, port })).rejects.toThrow(
      `Port ${port} is taken`,
    );
    expect(existsSync(join(other.home, 'lock'))).toBe(false);
    expect(existsSync(join(other.home, 'dynamodb.sqlite'))).toBe(false);
  } finally {
    await close(squatter);
    other.remove();
  }
});

test('an application that cannot be read ends the start and leaves nothing running', async () => {
  const other = temporaryHome();
  const entry = 'broken.ts';
  writeFileSync(join(other.home, entry), 'throw new Error("a broken application")');
  try {
    const broken = { root: other.home, entry, parts: [entry] };
    await expect(startPlatform({ home: other.home, application: broken })).rejects.toThrow(
      /a broken application/,
    );
    expect(existsSync(join(other.home, 'lock'))).toBe(false);
  } finally {
    other.remove();
  }
});

test('what was written is there after a stop and another start, which makes no new template', async () => {
  await platform.stop();
  steps.length = 0;
  platform = await startPlatform({ home, application, progress: createProgress((line) => steps.push(line)) });
  const { Count } = await askTables<{ Count: number }>(platform.urls.dynamodb, 'Scan', {
    TableName: tableNamed('things'),
  });
  expect(Count).toBe(2);
  expect(steps.join('\n')).not.toMatch(/made anew/);
});
