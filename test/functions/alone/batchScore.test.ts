import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { snapshotOfRun } from '../../../iceberg/commitLoop.ts';
import { importModel } from '../../../scoring/import.ts';
import { modelOf } from '../../iceberg/support/runWorld.ts';
import { openScoring, orders, rowsSql, type Scoring, scores } from '../support/scoring.ts';

let it: Scoring;
let model: string;
beforeAll(async () => {
  it = await openScoring();
  model = await it.model();
  await it.append(rowsSql(5_000));
});
afterAll(() => it.close());

const imported = importModel(readFileSync('test/fixtures/models/xgboost-binary.json'));
const scorer = () => {
  if ('refusal' in imported) throw new Error('the fixture is no model');
  return modelOf(imported.model);
};

const silent = { namespace: ['sales'], name: 'silent' };
const slot = '2026-01-02T03:04:05Z';
async function triggered(name: string, scheduled_at = slot) {
  const path = it.path(model, `/${name}`);
  const { body: deployment } = await it.send('GET', path);
  const { body } = await it.send('POST', `${path}/trigger`, { body: { scheduled_at } });
  const input = {
    project_id: it.project_id,
    deployment_id: deployment.deployment_id,
    run_id: body.run_id,
    scheduled_at: body.scheduled_at,
  };
  return { input, last: async () => (await it.send('GET', path)).body };
}

test('a deployment whose tables do not fit fails, and says why', async () => {
  const got = await it.create(model, { name: 'misfit', entity_columns: ['none'] });
  expect(got.body).toMatchObject({
    status: 'failed',
    error_message: expect.stringContaining("entity column 'none' is not a column of the table"),
  });
});

test('two deployments that overwrite the same column of one table are one too many', async () => {
  const target = { schema: 'sales', table: 'shared' };
  await it.created(model, { name: 'first', target });
  expect((await it.create(model, { name: 'second', target })).body).toMatchObject({
    status: 'failed',
    error_message: expect.stringContaining("deployment 'first' overwrites the same partition column"),
  });
  const dedup = { name: 'third', target, rerun_behavior: 'append_dedup' };
  expect((await it.create(model, dedup)).body.status).toBe('active');
  // In another project too, whose names are nobody's business; and as long as the first may be started again.
  const project = await it.send('POST', '/api/projects', { body: { name: 'apart' } });
  const apart = await it.model(1, project.body.project_id);
  const act = (method: string, rest: string) => it.send(method, it.path(model, `/first${rest}`));
  await act('POST', '/stop');
  const other = (name: string) => it.create(apart, { name, target });
  const { body } = await other('other');
  expect([body.status, body.error_message]).toEqual([
    'failed',
    'a deployment of another project overwrites the same partition column of this target',
  ]);
  await act('DELETE', '');
  expect((await other('later')).body.status).toBe('active');
  const both = await Promise.all(['left', 'right'].map((name) => it.create(model, { name, target })));
  expect(both.map((one) => one.body.status)).toEqual(['failed', 'failed']);
});

test('a run goes from the trigger to a table of predictions, once, and its record tells', async () => {
  await it.created(model, { name: 'nightly' });
  const { input, last } = await triggered('nightly');
  const { ended, entered } = await it.execute(input);
  expect([ended, entered.at(-1)]).toEqual(['succeeded', 'Done']);
  const { last_run, error_message } = await last();
  expect(last_run).toMatchObject({
    ...{
      status: 'succeeded',
      rows_scored: 5_000,
      rows_failed: 0,
      scheduled_at: slot,
      resolved_model_version: '1',
    },
    ...{ error_message: null, source_snapshot_id: expect.stringMatching(/^\d+$/) },
  });
  expect(error_message).toBeNull();
  const table = await it.catalog.load(scores);
  expect(String(table?.metadata.currentSnapshotId)).toBe(last_run.target_snapshot_id);

  const ours = scorer();
  const told = new Map((await it.read(scores)).map((row) => [row.id, row]));
  const rows = await it.read(orders);
  expect([told.size, rows.length]).toEqual([5_000, 5_000]);
  for (const { id, proto, ...record } of rows) {
    const row = ours.read(Object.fromEntries([...Object.entries(record), ['__proto__', proto]]));
    if (Array.isArray(row)) throw new Error('the model refuses a row');
    const { prediction, probabilities } = ours.predict(row);
    const shares = Object.values(probabilities ?? {});
    const found = Object.entries(told.get(id) ?? {}).filter(([name]) => name.startsWith('pr'));
    expect(found.map(([, value]) => value)).toEqual([prediction, ...shares]);
  }

  expect((await it.execute(input)).entered.at(-1)).toBe('Done');
  expect((await it.catalog.load(scores))?.metadata.snapshots).toHaveLength(1);
});

test('a run of many parts goes through a Map over their list', async () => {
  await it.created(model, { name: 'wide', target: { schema: 'sales', table: 'wide' } });
  const { input, last } = await triggered('wide');
  const { ended, entered } = await it.execute(input, {
    invoke: async (name, payload) => {
      const answer = await it.functions.get(name)?.(payload, {} as never);
      if (name !== 'planRun') return answer;
      // What one function would do, cut as a large source is.
      cut(String((payload as { run_id: string }).run_id));
      return { ...(answer as object), outcome: 'many' };
    },
  });
  expect([ended, entered.includes('Score the parts')]).toEqual(['succeeded', true]);
  expect((await last()).last_run).toMatchObject({ status: 'succeeded', rows_scored: 5_000 });
});

/** The one part of a plan as two: the rows of its file halved. */
function cut(run: string) {
  const planAt = `data/runs/${run}/plan.json`;
  const text = String(it.store.get(planAt));
  const name = /"parts":\{"count":1,"name":"([^"]+)"/.exec(text)?.[1];
  const partAt = (part: number) => `data/runs/${run}/parts/${name}/${part}.json`;
  const { files, deletes } = JSON.parse(String(it.store.get(partAt(0))));
  const halves = [
    { from: 0, to: 2_500 },
    { from: 2_500, to: 5_000 },
  ];
  for (const [part, rows] of halves.entries())
    it.store.set(partAt(part), Buffer.from(JSON.stringify({ files: [{ ...files[0], rows }], deletes })));
  it.store.set(`data/runs/${run}/parts/${name}.json`, Buffer.from('[{"part":0},{"part":1}]'));
  it.store.set(planAt, Buffer.from(text.replace('"parts":{"count":1', '"parts":{"count":2')));
}

test('a row that the model refuses ends the run as failed and leaves the deployment active', async () => {
  await it.append(rowsSql(3).replace('sin(i * 1) * 3', "CAST('inf' AS DOUBLE)"));
  await it.created(model, { name: 'broken', target: { schema: 'sales', table: 'broken' } });
  const { input, last } = await triggered('broken');
  const { ended } = await it.execute(input);
  expect(ended).toContain('The record of the run says so');
  expect(await last()).toMatchObject({
    status: 'active',
    error_message: expect.stringContaining("feature 'age' is no finite number"),
    last_run: { status: 'failed', rows_scored: null },
  });
  const { input: again } = await triggered('broken', '2026-01-03T00:00:00Z');
  expect((await it.execute({ ...again, run_id: input.run_id })).entered.at(-1)).toBe('Done');
});

test('a commit whose answer nobody heard is written down as what it was', async () => {
  const where = { source: { schema: 'sales', table: 'orders', filter_sql: 'id > 4000 and age < 9' } };
  await it.created(model, { name: 'silent', ...where, target: { schema: 'sales', table: 'silent' } });
  const { input, last } = await triggered('silent');
  const { around } = it.hooks;
  const { ended, entered } = await it.execute(input, {
    invoke: async (name, payload) => {
      it.hooks.around = (call, run) =>
        name === 'commitRun' && call.command === 'TransactWriteItems'
          ? Promise.reject(new Error('the record cannot be written'))
          : around(call, run);
      return it.functions.get(name)?.(payload, {} as never);
    },
  });
  it.hooks.around = around;
  const table = await it.catalog.load(silent);
  expect(table && snapshotOfRun(table.metadata, input.run_id)).toBeDefined();
  expect([ended, entered.includes('Say that it failed')]).toEqual(['succeeded', true]);
  const count = (await it.read(silent)).length;
  expect(count).toBeGreaterThan(0);
  expect((await last()).last_run).toMatchObject({ status: 'succeeded', rows_scored: count });
});

test('a part that no attempt could score fails the run, and so does a plan', async () => {
  await it.created(model, { name: 'partial', target: { schema: 'sales', table: 'partial' } });
  for (const [lost, day, at, message] of [
    ['scorePart', '2026-01-04T00:00:00Z', 'Score every part', 'part 0 could not be scored'],
    ['planRun', '2026-01-05T00:00:00Z', 'Plan the run', 'The run did not come to its end'],
  ] as const) {
    const { input, last } = await triggered('partial', day);
    const { ended, entered } = await it.execute(input, {
      invoke: async (name, payload) => {
        if (name === lost) throw new Error('the function ended');
        const answer = await it.functions.get(name)?.(payload, {} as never);
        return name === 'planRun' ? { ...(answer as object), outcome: 'many' } : answer;
      },
    });
    expect(ended).toContain('The record of the run says so');
    expect(entered).toContain(at);
    expect((await last()).last_run).toMatchObject({ status: 'failed', error_message: message });
  }
  expect((await it.catalog.load({ namespace: ['sales'], name: 'partial' }))?.metadata.snapshots).toEqual([]);
});
