import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { description } from '../../local/sample.ts';
import { temporaryHome, until } from './support/homes.ts';
import { call, type Started, start } from './support/started.ts';

const { home, remove } = temporaryHome();
let slipway: Started;
afterAll(async () => {
  slipway.child.kill('SIGTERM');
  await slipway.gone;
  remove();
});

interface Acknowledged {
  /** Ids of the logs of predictions that were answered. */
  logs: string[];
  /** Deployments whose promotion was answered, in order, with the operation that did it. */
  promoted: { id: string; operation: string }[];
  /** A deployment whose promotion was asked for and never answered. */
  asked?: string;
}
interface Item {
  id: string;
  stage: string;
  is_active: boolean;
}

const sample = () => JSON.parse(readFileSync(join(home, 'sample.json'), 'utf8'));
const deployments = () => `/api/mlops/projects/${sample().project_id}/deployments`;

/** Ask for predictions and promotions until nothing answers any more; what was answered is written down. */
async function work(target: Started, done: Acknowledged): Promise<void> {
  const { deployment_id, models } = sample();
  const predict = `/api/mlops/deployments/${deployment_id}/predict`;
  const serving = (
    await call(target, 'POST', deployments(), { model_id: models[0], name: 'served', stage: 'staging' })
  ).body.id;
  const predicting = async () => {
    for (;;) {
      const { status, body } = await call(target, 'POST', predict.replace(deployment_id, serving), {
        inputs: description().example.record,
      });
      if (status === 200) done.logs.push(...body.log_ids);
    }
  };
  const promoting = async () => {
    for (let i = 0; ; i++) {
      const made = await call(target, 'POST', deployments(), {
        model_id: models[i % 2],
        name: `n${i}`,
        stage: 'staging',
      });
      done.asked = made.body.id;
      const { status, headers } = await call(
        target,
        'POST',
        `/api/mlops/deployments/${made.body.id}/promote`,
        { to_stage: 'production' },
      );
      if (status !== 200) continue;
      done.promoted.push({ id: made.body.id, operation: headers.get('x-operation-id') ?? '' });
      done.asked = undefined;
    }
  };
  await Promise.allSettled([predicting(), predicting(), predicting(), promoting()]);
  served.push(serving);
}
const served: string[] = [];

async function listed(path: string): Promise<Item[]> {
  const items: Item[] = [];
  for (;;) {
    const { status, body } = await call(slipway, 'GET', `${path}?limit=200&offset=${items.length}`);
    expect(status).toBe(200);
    items.push(...body.items);
    if (items.length >= body.total || body.items.length === 0) return items;
  }
}

/** Which of these ids are not listed, at the latest after a minute. */
async function settled(ids: readonly string[], path: string): Promise<string[]> {
  for (const end = Date.now() + 60_000; ; await pause(500)) {
    const kept = new Set((await listed(path)).map(({ id }) => id));
    const lost = ids.filter((id) => !kept.has(id));
    if (lost.length === 0 || Date.now() > end) return lost;
  }
}

test.each([
  ['the process alone, whose database lives on', false],
  ['the process and its database', true],
])('nothing that was answered is lost when kill -9 ends %s', async (_, both) => {
  slipway = await start(home);
  const done: Acknowledged = { logs: [], promoted: [] };
  const working = work(slipway, done);
  await until(() => done.promoted.length >= 3 && done.logs.length >= 30, 'some work to be done', 60_000);
  await pause(Math.random() * 200);
  const { database } = JSON.parse(readFileSync(join(home, 'lock'), 'utf8'));
  if (both) process.kill(database.pid, 'SIGKILL');
  slipway.child.kill('SIGKILL');
  expect(await slipway.gone).toBe('SIGKILL');
  await working;

  slipway = await start(home);
  const serving = served.at(-1);
  // A log that the busy table refused waits in the spool, and is listed once that has been read.
  const lost = await settled(done.logs, `/api/mlops/deployments/${serving}/inference-logs`);
  expect(lost).toEqual([]);

  const all = await listed(deployments());
  const production = all.filter(({ stage }) => stage === 'production');
  expect(production).toHaveLength(1);
  expect(production[0]?.is_active).toBe(true);
  const { body } = await call(slipway, 'GET', `/api/projects/${sample().project_id}`);
  expect(body.project.production_deployment_id).toBe(production[0]?.id);
  const last = done.promoted.at(-1)?.id;
  expect([last, done.asked]).toContain(production[0]?.id);
  const stages = new Map(all.map(({ id, stage }) => [id, stage]));
  for (const { id } of done.promoted)
    expect(stages.get(id)).toBe(id === production[0]?.id ? 'production' : 'archived');
  for (const { operation } of done.promoted) {
    const job = await call(slipway, 'GET', `/api/jobs/${operation}`);
    expect(job.body.job).toMatchObject({ type: 'promote', status: 'succeeded' });
  }

  const { models } = sample();
  const next = await call(slipway, 'POST', deployments(), {
    model_id: models[1],
    name: 'after',
    stage: 'production',
  });
  expect(next).toMatchObject({ status: 201, body: { is_active: true, stage: 'production' } });
  slipway.child.kill('SIGTERM');
  expect(await slipway.gone).toBe(0);
});
