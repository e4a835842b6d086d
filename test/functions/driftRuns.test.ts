import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { sfn } from '../../adapters/aws/machines.ts';
import * as runs from '../../adapters/monitoring/driftRuns.ts';
import { finished } from '../../domain/drift/run.ts';
import { newId } from '../../functions/kit/clock.ts';
import { metric } from './support/counting.ts';
import { type Drifting, drifting, itIs, passes, rows, start } from './support/drifting.ts';

let place: Drifting;
let model: string;
let around: Drifting['hooks']['around'];
beforeAll(async () => {
  place = await drifting();
  model = await place.model();
  around = place.hooks.around;
});
beforeEach(() => {
  itIs(start);
  place.printed.length = 0;
  place.hooks.around = around;
  place.hooks.entered = () => {};
});
afterAll(() => {
  vi.useRealTimers();
});

const hourly = () => sfn.send(new StartExecutionCommand({ stateMachineArn: 'drift', input: '{}' }));
const sweep = () => place.functions.get('sweepOperations')?.({}, {} as Context);
const open = () => place.table.items('control').filter(({ pk }) => pk?.S === 'OPEN');
/** Nobody starts a machine any more. */
const withoutMachines = () => {
  place.hooks.around = (call, run) =>
    call.service === 'states' ? Promise.reject(new Error('no answer')) : around(call, run);
};

test('a hundred at once begin one computation', async () => {
  const id = await place.deploy(model);
  const computeDrift = place.functions.get('computeDrift') ?? (() => Promise.reject());
  place.functions.set('computeDrift', async () => ({ outcome: 'over' }));
  const got = await Promise.all(Array.from({ length: 100 }, () => place.run(id)));
  place.functions.set('computeDrift', computeDrift);
  expect(open()).toHaveLength(1);
  expect(new Set(got.map(({ status, body }) => `${status} ${body.job_id}`)).size).toBe(1);
  const { body } = await place.run(id);
  expect(body).toEqual(got[0]?.body);
  expect(await place.job(body.job_id)).toMatchObject({ status: 'succeeded' });
  expect(open()).toHaveLength(0);
});

test('what stopped between being written down and being started is started by the next call', async () => {
  const id = await place.deploy(model);
  withoutMachines();
  const first = await place.run(id);
  expect([first.status, first.body]).toEqual([503, { detail: 'Busy, try again' }]);
  const [job] = open().map(({ sk }) => String(sk?.S).split('#')[1] ?? '');
  expect(await place.job(job ?? '')).toMatchObject({ status: 'queued', progress: 0, started_at: null });
  place.hooks.around = around;
  expect((await place.run(id)).body.job_id).toBe(job);
  expect(await place.job(job ?? '')).toMatchObject({ status: 'succeeded', progress: 1 });
});

test('a request that is sent again with its key gets the job that its first sending began', async () => {
  const id = await place.deploy(model);
  const headers = { 'idempotency-key': `key ${id}` };
  const [first, again] = [await place.run(id, { headers }), await place.run(id, { headers })];
  expect(again.body).toEqual(first.body);
  expect(again.headers['idempotency-replayed']).toBe('true');
  const other = { 'idempotency-key': `other ${id}` };
  withoutMachines();
  expect((await place.run(id, { headers: other })).status).toBe(503);
  place.hooks.around = around;
  const [queued] = open().map(({ sk }) => String(sk?.S).split('#')[1] ?? '');
  expect((await place.run(id, { headers: other })).body.job_id).toBe(queued);
});

test('one that fails says so, and the next may begin at once', async () => {
  const id = await place.deploy(model);
  place.hooks.around = (call, run) =>
    call.command === 'Query' ? Promise.reject(new Error('no answer')) : around(call, run);
  // Here the one who starts a machine hears how it ends.
  expect((await place.run(id)).status).toBe(503);
  place.hooks.around = around;
  const [ended] = place.table
    .items('control')
    .filter(({ kind, deployment_id }) => kind?.S === 'drift' && deployment_id?.S === id);
  const job = await place.job(String(ended?.id?.S));
  expect(job).toMatchObject({ status: 'failed', error: 'Drift could not be computed', result: null });
  expect(open()).toHaveLength(0);
  const next = await place.run(id);
  expect(next.body.job_id).not.toBe(job.id);
  expect(await place.job(next.body.job_id)).toMatchObject({ status: 'succeeded' });
});

test('what nobody finishes is closed by the sweeper, and who comes late changes nothing', async () => {
  const id = await place.deploy(model);
  withoutMachines();
  await place.run(id);
  const [queued = ''] = open().map(({ sk }) => String(sk?.S).split('#')[1] ?? '');
  place.hooks.around = around;
  await runs.start({ ...(await read(queued)), state: 'running', started_at: '2026-06-15T12:30:01Z' });
  const late = await read(queued);
  passes(329_000);
  await sweep();
  expect(await place.job(queued)).toMatchObject({ status: 'running', progress: 0.5 });
  passes(2_000);
  await sweep();
  const closed = await place.job(queued);
  expect(closed).toMatchObject({ status: 'failed', error: 'The operation was not finished in time' });
  expect(metric(place.printed, 'GivenUp')).toBe(1);
  expect(open()).toHaveLength(0);
  expect(await runs.end(finished(late, { overall_status: 'low' }, '2026-06-15T12:40:00Z'))).toBe(false);
  expect(await place.job(queued)).toEqual(closed);
  // It was let go of: another begins, and the late one does not end it either.
  withoutMachines();
  await place.run(id);
  expect(await runs.end(finished(late, {}, '2026-06-15T12:40:00Z'))).toBe(false);
  expect((await runs.current(id, Date.now()))?.id).not.toBe(queued);
  expect(await runs.current(id, Date.now())).toMatchObject({ state: 'queued' });
});
const read = async (id: string) => {
  const run = await runs.get(id);
  if (!run) throw new Error('there is no run');
  return run;
};

test('a lease that nobody let go of is over in time', async () => {
  const id = await place.deploy(model);
  withoutMachines();
  await place.run(id);
  const first = await runs.current(id, Date.now());
  passes(361_000);
  expect(await runs.current(id, Date.now())).toBeUndefined();
  await place.run(id);
  expect((await runs.current(id, Date.now()))?.id).not.toBe(first?.id);
});

test('hours that cannot be closed are no reason not to compute', async () => {
  const id = await place.deploy(model);
  const { closeHours } = Object.fromEntries(place.functions);
  place.functions.set('closeHours', () => Promise.reject(new Error('it does not close')));
  await hourly();
  if (closeHours) place.functions.set('closeHours', closeHours);
  expect((await place.drift(id)).body.computed_at).toBe('2026-06-15T12:30:00Z');
});

test('every hour all active deployments are computed, whichever of them fails, and the hours are closed first', async () => {
  const project = (await place.send('POST', '/api/projects', { body: { name: 'second' } })).body.project_id;
  const other = await place.ready(undefined, project);
  const active = [await place.deploy(model), await place.wire.deploy(project, other.model_id)];
  // More than are computed together, and than one page of a machine holds.
  for (let i = 0; i < 410; i++) active.push(await copied(active[0] ?? ''));
  const archived = await place.deploy(model);
  await place.send('POST', `/api/mlops/deployments/${archived}/deactivate`);
  await place.predict(active[0] ?? '', rows.slice(0, 205));
  await place.count();
  passes(3_600_000);
  const states: string[] = [];
  place.hooks.entered = (state) => states.push(state);
  const broken = active[2] ?? '';
  const key = { pk: { S: `P#${place.project_id}` }, sk: { S: `D#online#${broken}` } };
  const Item = { ...place.table.peek('control', key), ...key, model_id: { S: broken } };
  await place.hooks.table.send('PutItem', { TableName: 'control', Item });
  await hourly();
  expect(states.slice(0, 4)).toEqual([
    'Is it for one deployment?',
    'Close the hours',
    'Begin with the first',
    'List some deployments',
  ]);
  expect(states.at(-1)).toBe('Done');
  const open = place.table
    .items('aggregates')
    .filter(({ pk, sk }) => /^O#/.test(`${sk?.S}`) && pk?.S === `S#${active[0]}`);
  expect(open).toEqual([]);
  expect((await place.drift(active[0] ?? '')).body).toMatchObject({
    overall_status: 'low',
    inference_rows: 205,
  });
  expect(states.filter((state) => state === 'List some deployments')).toHaveLength(2);
  const computed = new Map(place.table.items('aggregates').map(({ pk, computed: at }) => [pk?.S, at?.N]));
  for (const id of active)
    expect(computed.get(`R#${id}`), id).toBe(id === broken ? undefined : String(start + 3_600_000));
  expect((await place.drift(archived)).body.computed_at).toBeNull();
  expect(metric(place.printed, 'DriftFailed')).toBe(1);
});

/** Another deployment like this one. */
async function copied(of: string): Promise<string> {
  const id = newId();
  const put = (pk: string, sk: string, Item = {}) =>
    place.hooks.table.send('PutItem', {
      TableName: 'control',
      Item: { ...Item, pk: { S: pk }, sk: { S: sk } },
    });
  const [mine, row] = [`P#${place.project_id}`, `D#online#${of}`];
  const found = place.table.peek('control', { pk: { S: mine }, sk: { S: row } });
  await put(mine, `D#online#${id}`, { ...found, id: { S: id } });
  await put(`DEP#${id}`, 'LOC', { pid: { S: place.project_id }, kind: { S: 'online' } });
  return id;
}

test('a result is never replaced by an older one', async () => {
  const id = await place.deploy(model);
  passes(7_200_000);
  await place.run(id);
  const newer = (await place.drift(id)).body;
  itIs(start);
  await place.run(id);
  expect((await place.drift(id)).body).toEqual(newer);
});

test('each result is told of on the bus, by ids alone', async () => {
  const id = await place.deploy(model);
  await place.run(id);
  const told = place.table
    .items('control')
    .filter(({ type, subject }) => type?.S === 'drift.computed' && subject?.S === id);
  expect(told).toHaveLength(1);
  expect(Object.keys(told[0] ?? {}).toSorted()).toEqual(
    ['actor', 'at', 'id', 'pk', 'project_id', 'sk', 'subject', 'type', 'v'].toSorted(),
  );
});
