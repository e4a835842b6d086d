import { beforeAll, describe, expect, test } from 'vitest';
import * as runs from '../../adapters/batch/runs.ts';
import { advanced, type BatchRun } from '../../domain/batch/run.ts';
import { is, item, spelled } from './faultItems.ts';
import { type Batching, openBatch } from './support/batching.ts';
import { createScheduler } from './support/scheduler.ts';
import type { Sent } from './support/wire.ts';

let batch: Batching;
let model: string;
beforeAll(async () => {
  batch = await openBatch();
  model = await batch.model();
});

const at = (name: string, rest = '') => batch.path(model, `/${name}${rest}`);
const trigger = (name: string, body?: object, sent: Sent = {}) =>
  batch.send('POST', at(name, '/trigger'), { body, ...sent });
const report = (name: string, body: object, sent: Sent = {}) =>
  batch.send('POST', at(name, '/runs'), { body, ...sent });
const get = async (name: string) => (await batch.send('GET', at(name))).body;
const slot = '2026-01-01T00:00:00Z';

/** What the machine of a run does at its end. */
async function end(
  deploymentId: string,
  runId: string,
  status: 'succeeded' | 'failed',
  told: Partial<BatchRun>,
) {
  const run = await runs.get(deploymentId, runId);
  if (!run) throw new Error('no such run');
  await runs.save(advanced(run, status, told, '2026-01-01T00:10:00Z'));
}

describe('trigger', () => {
  test('queues a run of this moment and starts it, every key in its order', async () => {
    const { deployment_id } = await batch.created(model, { name: 'now' });
    const before = batch.started.length;
    const { status, body } = await trigger('now');
    expect(status).toBe(200);
    expect(spelled(body)).toBe(
      spelled({
        run_id: body.run_id,
        airflow_run_id: `batch-${deployment_id}-${body.scheduled_at.replaceAll(/[-:]/g, '')}`,
        status: 'queued',
        rows_scored: null,
        started_at: null,
        finished_at: null,
        scheduled_at: body.scheduled_at,
        resolved_model_version: null,
        source_snapshot_id: null,
        target_snapshot_id: null,
        rows_failed: null,
        error_message: null,
      }),
    );
    expect(body.run_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(batch.started.length).toBe(before + 1);
    expect((await get('now')).last_run).toEqual(body);
  });

  test('of a slot whose run goes on is that run, and of one that is over is another', async () => {
    const { deployment_id } = await batch.created(model, { name: 'again' });
    const first = await trigger('again', { scheduled_at: slot });
    expect((await trigger('again', { scheduled_at: '2026-01-01T01:00:00+01:00' })).body).toEqual(first.body);
    await end(deployment_id, first.body.run_id, 'succeeded', { rows_scored: 7 });
    const second = (await trigger('again', { scheduled_at: slot })).body;
    expect(second.airflow_run_id).toBe(`${first.body.airflow_run_id}-1`);
    expect(second.scheduled_at).toBe(slot);
    const { body } = await batch.send('GET', at('again', '/runs'));
    expect([body.total, body.items.map(({ status }: { status: string }) => status)]).toEqual([
      2,
      ['queued', 'succeeded'],
    ]);
  });

  test('of one slot by many at once is one run', async () => {
    await batch.created(model, { name: 'many' });
    const all = await Promise.all(Array.from({ length: 8 }, () => trigger('many', { scheduled_at: slot })));
    expect(new Set(all.map(({ body }) => body.run_id)).size).toBe(1);
    expect((await batch.send('GET', at('many', '/runs'))).body.total).toBe(1);
  });

  test('of a slot that is yet to come is refused, and so is what is no time', async () => {
    await batch.created(model, { name: 'early' });
    const late = '2999-01-01T00:00:00Z';
    const got = await trigger('early', { scheduled_at: late });
    const words = is.value('A slot that is yet to come cannot be run');
    expect(spelled(got.body)).toBe(spelled({ detail: [item(words, ['body', 'scheduled_at'], late)] }));
    expect((await trigger('early', { scheduled_at: 'soon' })).status).toBe(422);
  });

  test('of a stopped deployment is a conflict', async () => {
    await batch.created(model, { name: 'stopped' });
    await batch.send('POST', at('stopped', '/stop'));
    const got = await trigger('stopped');
    expect([got.status, got.body]).toEqual([409, { detail: "Deployment 'stopped' is stopped" }]);
  });
});

test('a failed run leaves the deployment active with its message, until the next one succeeds', async () => {
  const { deployment_id } = await batch.created(model, { name: 'unlucky' });
  const first = await trigger('unlucky', { scheduled_at: slot });
  await end(deployment_id, first.body.run_id, 'failed', { error_message: 'a source file is gone' });
  expect(await get('unlucky')).toMatchObject({ status: 'active', error_message: 'a source file is gone' });
  const second = await trigger('unlucky', { scheduled_at: slot });
  expect((await get('unlucky')).error_message).toBe('a source file is gone');
  await end(deployment_id, second.body.run_id, 'succeeded', {});
  expect((await get('unlucky')).error_message).toBeNull();
});

describe('a report of a run', () => {
  test('makes the run, updates it, and never takes it back once it is over', async () => {
    await batch.created(model, { name: 'told' });
    const begun = await report('told', { airflow_run_id: 'manual__1', status: 'running' });
    expect(begun.status).toBe(200);
    expect(begun.body).toMatchObject({ airflow_run_id: 'manual__1', status: 'running', finished_at: null });
    const back = await report('told', { airflow_run_id: 'manual__1', status: 'queued' });
    expect(back.body).toEqual(begun.body);
    const done = await report('told', { airflow_run_id: 'manual__1', status: 'succeeded', rows_scored: 5 });
    expect(done.body).toMatchObject({ run_id: begun.body.run_id, status: 'succeeded', rows_scored: 5 });
    expect(done.body.finished_at).not.toBeNull();
    for (const status of ['failed', 'running', 'succeeded'])
      expect((await report('told', { airflow_run_id: 'manual__1', status, rows_scored: 9 })).body).toEqual(
        done.body,
      );
    expect((await get('told')).last_run).toEqual(done.body);
    expect((await batch.send('GET', at('told', '/runs'))).body.total).toBe(1);
  });

  test('of one of ours shows it as it is', async () => {
    await batch.created(model, { name: 'ours' });
    const { body } = await trigger('ours');
    const got = await report('ours', { airflow_run_id: body.airflow_run_id, status: 'failed' });
    expect(got.body).toEqual(body);
  });

  test('takes the key in the header that older clients send', async () => {
    await batch.created(model, { name: 'older' });
    const sent = { airflow_run_id: 'r', status: 'queued' };
    const key = await batch.keyWith();
    const got = await report('older', sent, { key: null, headers: { 'authorization-psk': key } });
    expect(got.status).toBe(200);
    const other = await batch.send('POST', at('older', '/trigger'), {
      key: null,
      headers: { 'authorization-psk': key },
    });
    expect(other.status).toBe(401);
  });

  test.each([
    [{}, is.missing, 'airflow_run_id', {}],
    [
      { airflow_run_id: 'r', status: 'done' },
      is.literal("'queued', 'running', 'succeeded' or 'failed'"),
      'status',
      'done',
    ],
    [{ airflow_run_id: 1, status: 'queued' }, is.string, 'airflow_run_id', 1],
    [{ airflow_run_id: 'r', status: 'queued', rows_scored: 1.5 }, is.fraction, 'rows_scored', 1.5],
  ])('%j is refused', async (body, words, field, input) => {
    const got = await report('told', body);
    expect(got.status).toBe(422);
    expect(spelled(got.body.detail[0])).toBe(spelled(item(words, ['body', field], input)));
  });
});

describe('a deployment that is made to run at once', () => {
  const aligned = (dep: string) => batch.functions.get('alignSchedule')?.({ detail: { dep } }, {} as never);
  const total = async (name: string) => (await batch.send('GET', at(name, '/runs'))).body.total;

  test('is run by its event where the create could not start it, and once in all', async () => {
    const { around } = batch.hooks;
    batch.hooks.around = (call, run) =>
      call.command === 'StartExecution' ? Promise.reject(new Error('nobody there')) : around(call, run);
    const { deployment_id, last_run } = await batch.created(model, { name: 'atonce', trigger_now: true });
    batch.hooks.around = around;
    expect(last_run).toMatchObject({ status: 'queued' });
    createScheduler();
    process.env.SCHEDULE_GROUP = 'slipway';
    const before = batch.started.length;
    await aligned(deployment_id);
    expect(batch.started.length).toBe(before + 1);
    await end(deployment_id, last_run.run_id, 'succeeded', {});
    await aligned(deployment_id);
    expect([batch.started.length, await total('atonce')]).toEqual([before + 1, 1]);
  });
});
