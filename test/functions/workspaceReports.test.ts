import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { born, stepped, steps } from '../support/statusModel.ts';
import { openWorkspace, upTo, type Workspace } from './support/workspaces.ts';

let ws: Workspace;
beforeAll(async () => {
  ws = await openWorkspace();
});

type Lines = { status: string; status_message: string; timestamp: string }[];

/** As the published client does: what is answered 5xx is sent again. */
async function reported(name: string, told: object) {
  for (;;) {
    const got = await ws.report(name, told);
    if (got.status < 500) return got;
  }
}

/** Let every so manyth transaction meet another one, as DynamoDB tells of it. */
async function amidConflicts<T>(every: number, run: () => Promise<T>): Promise<T> {
  const { around } = ws.hooks;
  let [sent, struck] = [0, 0];
  ws.hooks.around = (call, next) => {
    if (call.command !== 'TransactWriteItems' || ++sent % every > 0) return around(call, next);
    struck++;
    throw new TransactionCanceledException({
      message: 'conflict',
      $metadata: {},
      CancellationReasons: [{ Code: 'TransactionConflict' }],
    });
  };
  try {
    return await run();
  } finally {
    ws.hooks.around = around;
    expect(struck).toBeGreaterThan(0);
  }
}

test('of a hundred reports at once every one is in the history exactly once, in the order of their writing', async () => {
  const { body: made } = await ws.create('storm');
  const answers = await amidConflicts(3, () =>
    Promise.all(upTo(100).map((n) => reported('storm', { status: 'PENDING', status_message: `step ${n}` }))),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const entries = ws.table
    .items('control')
    .filter(({ sk }) => (sk as { S: string }).S.startsWith('H#'))
    .map((item) => item as unknown as Record<string, { S: string; N: string }>)
    .filter((item) => /^step /.test(item.message?.S ?? ''))
    .sort((a, b) => Number(a.n?.N) - Number(b.n?.N));
  const messages = entries.map((item) => item.message?.S);
  expect(entries.map((item) => Number(item.n?.N))).toEqual(upTo(100).map((n) => n + 1));
  expect(messages.toSorted()).toEqual(
    upTo(100)
      .map((n) => `step ${n}`)
      .toSorted(),
  );
  const history: Lines = (await ws.get('storm')).status_history;
  expect(history.map((line) => line.status_message)).toEqual(messages);
  expect(history.map((line) => line.timestamp)).toEqual(history.map((line) => line.timestamp).toSorted());
  const told = ws.events().filter((e) => e.type === 'deployment.reported');
  expect(told.length).toBe(100);
  expect(new Set(told.map((e) => e.pk))).toEqual(new Set([`OUT#${ws.project_id}`]));
  expect(made.status).toBe('CREATED');
});

test('once one of many has marked it for deletion, all others are refused and nothing of them is kept', async () => {
  await ws.create('race');
  await ws.report('race', { status: 'READY' });
  const answers = await amidConflicts(4, () =>
    Promise.all([
      ...upTo(20).map((n) => reported('race', { status: 'ERROR', status_message: `before ${n}` })),
      ws.ask('DELETE', '/race'),
      ...upTo(20).map((n) => reported('race', { status: 'LOST', status_message: `after ${n}` })),
    ]),
  );
  const codes = answers.map(({ status }) => status);
  const accepted = codes.filter((code) => code === 200).length;
  expect(codes.every((code) => code === 200 || code === 202 || code === 409)).toBe(true);
  const body = await ws.get('race');
  expect(body.status).toBe('DELETING');
  // Before them stand how it was made and the first report.
  expect(body.status_history).toHaveLength(accepted + 2);
});

test('reports of different deployments do not stand in the way of each other, nor of what is made meanwhile', async () => {
  const names = upTo(10).map((n) => `beside-${n}`);
  for (const name of names) await ws.create(name);
  const answers = await Promise.all([
    ...names.flatMap((name) =>
      upTo(5).map((n) => reported(name, { status: 'READY', status_message: `${n}` })),
    ),
    ...upTo(5).map((n) => ws.create(`made-${n}`)),
  ]);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 201]));
  for (const name of names) expect((await ws.get(name)).status_history).toHaveLength(6);
});

test('of many creates of one name one is done, and of many updates every one has its own number', async () => {
  const made = await Promise.all(upTo(10).map(() => ws.create('only')));
  expect(made.map(({ status }) => status).toSorted()).toEqual([201, ...Array(9).fill(409)]);
  const updated = await Promise.all(upTo(10).map(() => ws.update('only')));
  const numbers = updated.map(({ body }) => body.entity_version).toSorted((a, b) => a - b);
  expect(numbers).toEqual(upTo(10).map((n) => n + 1));
});

test('a write that was answered to nobody is done once', async () => {
  await ws.create('lost');
  const { around } = ws.hooks;
  let lost = 0;
  ws.hooks.around = async (call, next) => {
    const done = await around(call, next);
    if (call.command === 'TransactWriteItems' && lost++ === 0)
      throw Object.assign(new Error('reset'), { name: 'TimeoutError' });
    return done;
  };
  const got = await ws.report('lost', { status: 'READY', status_message: 'up' });
  ws.hooks.around = around;
  expect(lost).toBe(2);
  expect([got.status, got.body.status_history.length]).toEqual([200, 2]);
});

test('each change of status is told once, in the words of its kind', async () => {
  const { body } = await ws.create('told');
  const words = ['PENDING', 'READY', 'LOST', 'UNKNOWN', 'READY', 'ERROR', 'CREATED', 'DELETED', 'READY'];
  for (const status of [...words, 'READY']) await ws.report('told', { status });
  await ws.ask('DELETE', '/told');
  await ws.report('told', { status: 'DELETED' });
  await ws.ask('DELETE', '/told');
  const events = ws.events();
  const [{ dep } = { dep: '' }] = events.filter((e) => e.type === 'deployment.removed').slice(-1);
  expect(body.id).toMatch(/^model-deployment-/);
  expect(
    events
      .filter((e) => e.dep === dep)
      .map((e) => e.type)
      .toSorted(),
  ).toEqual(
    [
      'created',
      ...['reported', 'activated', 'reported', 'reported', 'activated', 'failed', 'reported', 'deactivated'],
      ...['activated', 'stopped', 'deactivated', 'removed'],
    ]
      .map((type) => `deployment.${type}`)
      .toSorted(),
  );
});

test('whatever is reported in whatever order, what is read is what a simple model says', async () => {
  let n = 0;
  await fc.assert(
    fc.asyncProperty(steps(12), async (all) => {
      const name = `model-${n++}`;
      await ws.create(name);
      let model = born;
      for (const step of all) {
        // What is deleted already would be removed.
        if (step === 'delete' && model.now.status === 'DELETED') continue;
        const got = step === 'delete' ? ws.ask('DELETE', `/${name}`) : ws.report(name, step);
        const next = stepped(model, step);
        expect((await got).status).toBe(next.code);
        model = next;
      }
      const { status, status_message, status_history } = await ws.get(name);
      expect({ status, status_message }).toEqual(model.now);
      expect((status_history as Lines).map(({ timestamp: _, ...line }) => line)).toEqual(model.lines);
    }),
    { numRuns: 15 },
  );
});
