import { ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { transport } from '../../../adapters/aws/signed.ts';
import type { TableName } from '../../../iceberg/ports.ts';
import { openScoring, rowsSql, type Scoring } from '../support/scoring.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
let it: Scoring;
let model: string;
let path: (rest?: string) => string;
beforeAll(async () => {
  it = await openScoring();
  model = await it.model();
  await it.append(rowsSql(300));
});
afterAll(() => it.close());

/** What Step Functions says of every execution; nothing is started while `down`. */
const states = { status: '', down: false };
const plain = transport.send;
let around: Scoring['hooks']['around'];
afterEach(() => {
  vi.useRealTimers();
  transport.send = sent;
  it.hooks.around = around;
  Object.assign(states, { status: '', down: false });
});
let sent = plain;
/** A deployment of its own with a target of its own. */
async function deployed(name: string): Promise<TableName> {
  around ??= it.hooks.around;
  sent = transport.send;
  const started = around;
  it.hooks.around = (call, run) => {
    if (call.command === 'DescribeExecution') return described() as ReturnType<typeof run>;
    if (call.command === 'StartExecution' && states.down) return Promise.reject(new Error('down'));
    return started(call, run);
  };
  path = (rest = '') => it.path(model, `/${name}${rest}`);
  await it.created(model, { name, target: { schema: 'sales', table: name } });
  return { namespace: ['sales'], name };
}
const described = async () => {
  if (states.status === '') throw new ExecutionDoesNotExist({ message: '', $metadata: {} });
  return { status: states.status };
};
const last = async () => (await it.send('GET', path())).body.last_run;
async function triggered() {
  const [{ body: deployment }, { body: run }] = [
    await it.send('GET', path()),
    await it.send('POST', path('/trigger'), { body: {} }),
  ];
  const { deployment_id } = deployment;
  const { run_id = '', scheduled_at } = { ...(await last()), ...run };
  return { project_id: it.project_id, deployment_id, run_id, scheduled_at };
}
const background = async (name: string, later: number) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + later });
  await it.functions.get(name)?.({}, {} as never);
};
const step = (name: string, input: object) => it.functions.get(name)?.(input, {} as never);
const itemsOf = (pk: string, id: string) =>
  it.table.items('control').filter((item) => {
    const { pk: at, sk } = item as { pk: { S: string }; sk: { S: string } };
    return at.S === pk && sk.S.endsWith(id);
  });
const written = (run: string) => [...it.store.keys()].filter((key) => key.includes(`/data/${run}-`));

test('a run whose machine could not be started is started within minutes, and looked after until it is over', async () => {
  await deployed('queued');
  states.down = true;
  const input = await triggered();
  expect((await last()).status).toBe('queued');
  states.down = false;
  const before = it.started.length;
  await background('sweepOperations', minute);
  expect(it.started.length).toBe(before);
  await background('sweepOperations', 2 * minute);
  expect(it.started.length).toBe(before + 1);
  states.status = 'RUNNING';
  await background('sweepOperations', 4 * minute);
  expect([it.started.length, (await last()).status]).toEqual([before + 1, 'queued']);
  expect((await it.execute(input)).ended).toBe('succeeded');
  expect(itemsOf('OPEN', input.run_id)).toHaveLength(1);
  await background('sweepOperations', 4 * minute);
  expect(itemsOf('OPEN', input.run_id)).toEqual([]);
  expect((await last()).status).toBe('succeeded');
});

test('a run that nobody can start fails, and its slot may be run again', async () => {
  await deployed('never');
  states.down = true;
  const { scheduled_at } = await triggered();
  for (let i = 0; i < 12; i++) await background('sweepOperations', 3 * minute);
  expect(await last()).toMatchObject({ status: 'failed', error_message: 'The run could not be started' });
  states.down = false;
  const { body } = await it.send('POST', path('/trigger'), { body: { scheduled_at } });
  expect(body.airflow_run_id).toMatch(/-1$/);
});

test.each([
  ['FAILED', ['planRun'], 'failed', 'The run did not come to its end'],
  ['TIMED_OUT', [], 'failed', 'The run did not come to its end'],
  ['ABORTED', ['planRun', 'scorePart', 'commitRun'], 'succeeded', null],
])(
  'a run whose machine ended as %s without a word is settled within minutes as what it was',
  async (status, steps, wanted, error_message) => {
    const target = await deployed(`left-${status.toLowerCase().replace('_', '-')}`);
    const input = await triggered();
    const deaf = it.hooks.around;
    for (const name of steps) {
      it.hooks.around = (call, run) =>
        name === 'commitRun' && call.command === 'TransactWriteItems'
          ? Promise.reject(new Error('the record cannot be written'))
          : deaf(call, run);
      await step(name, { ...input, part: 0 })?.catch(() => {});
      it.hooks.around = deaf;
    }
    states.status = 'RUNNING';
    await background('sweepOperations', 3 * minute);
    expect(['queued', 'running']).toContain((await last()).status);
    states.status = status;
    await background('sweepOperations', 4 * minute);
    expect(await last()).toMatchObject({ status: wanted, error_message });
    expect(await it.read(target)).toHaveLength(wanted === 'succeeded' ? 300 : 0);
  },
);

test('what a run wrote and no snapshot mentions goes after two weeks; what it brought in stays', async () => {
  const target = await deployed('raced');
  const input = await triggered();
  await step('planRun', input);
  // The first attempt ends after it wrote its file and before it could say so.
  transport.send = (url, headers, call) =>
    url.pathname.endsWith('/out/0.json') && call.method === 'PUT'
      ? Promise.reject(new Error('the process ended'))
      : sent(url, headers, call);
  await expect(step('scorePart', { ...input, part: 0 })).rejects.toThrow('the process ended');
  transport.send = sent;
  const lost = written(input.run_id);
  expect(lost).toHaveLength(1);
  expect((await it.execute(input)).ended).toBe('succeeded');
  expect(written(input.run_id)).toHaveLength(2);
  await background('sweepRuns', 13 * day);
  expect(written(input.run_id)).toHaveLength(2);

  // A sweep that ends in the middle goes on the next day.
  transport.send = (url, headers, call) =>
    call.method === 'DELETE' ? Promise.reject(new Error('S3 is down')) : sent(url, headers, call);
  await background('sweepRuns', 1.1 * day);
  expect([written(input.run_id).length, itemsOf('RUNFILES', input.run_id).length]).toEqual([2, 1]);
  transport.send = sent;
  await background('sweepRuns', day);
  expect(written(input.run_id)).toHaveLength(1);
  expect(written(input.run_id)).not.toEqual(lost);
  expect(await it.read(target)).toHaveLength(300);
  expect(itemsOf('RUNFILES', input.run_id)).toEqual([]);
});

test('a failed run leaves nothing after two weeks, unless its target has it after all', async () => {
  const target = await deployed('failing');
  const runs: { run_id: string }[] = [];
  for (const committed of [false, true]) {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minute });
    const input = await triggered();
    runs.push(input);
    for (const name of ['planRun', 'scorePart']) await step(name, { ...input, part: 0 });
    if (committed) {
      const deaf = it.hooks.around;
      it.hooks.around = (call, run) =>
        call.command === 'TransactWriteItems' ? Promise.reject(new Error('no')) : deaf(call, run);
      await step('commitRun', input)?.catch(() => {});
      it.hooks.around = deaf;
    }
  }
  const [lost, kept] = runs.map(({ run_id }) => run_id) as [string, string];
  expect([written(lost).length, written(kept).length]).toEqual([1, 1]);
  // Nobody could look after them: their records say that they run.
  await background('sweepRuns', 15 * day);
  expect([written(lost).length, written(kept).length]).toEqual([0, 1]);
  expect(await it.read(target)).toHaveLength(300);
});

test('a run that is not over keeps its files, whatever its age', async () => {
  await deployed('young');
  const input = await triggered();
  for (const name of ['planRun', 'scorePart']) await step(name, { ...input, part: 0 });
  const [item] = itemsOf('RUNFILES', input.run_id);
  await it.hooks.table.send('PutItem', {
    TableName: 'control',
    Item: { ...(item as object), sk: { S: `0000000000001#${input.run_id}` } } as never,
  });
  await background('sweepRuns', 0);
  expect(written(input.run_id)).toHaveLength(1);
});
