import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where to, with which key. The URL may carry a path in front of every route. */
export interface Target {
  url: string;
  key: string;
}
type Say = (what: string, how?: unknown) => void;
// biome-ignore lint/suspicious/noExplicitAny: a client sees JSON.
type Body = Record<string, any>;

const sample = join(import.meta.dirname, '..', 'local', 'sample');
const read = (file: string) => readFileSync(join(sample, file));

/** A client of the service: what it says is checked for its status, and given back. */
export function clientOf({ url, key }: Target) {
  return async (
    method: string,
    path: string,
    {
      body,
      status = 200,
      headers = {},
    }: { body?: unknown; status?: number; headers?: Record<string, string> } = {},
  ): Promise<Body> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(35_000),
    });
    const text = await response.text();
    assert.equal(
      response.status,
      status,
      `${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`,
    );
    return JSON.parse(text);
  };
}

/** Register a model from a file: announce it, upload it, have it checked. */
export async function register(
  target: Target,
  announced: object,
  file: string,
  baseline?: string,
): Promise<Body> {
  const call = clientOf(target);
  const { model_id, uploads } = await call('POST', '/api/models', { body: announced, status: 201 });
  await upload(uploads.artifact, read(file));
  if (baseline) await upload(uploads.baseline, read(baseline));
  const { model } = await call('POST', `/api/models/${model_id}/complete`);
  assert.equal(model.status, 'ready');
  return model;
}

async function upload({ method, url, headers }: Body, bytes: Uint8Array<ArrayBuffer>) {
  const response = await fetch(url, { method, headers, body: bytes });
  assert.equal(response.status, 200, `the upload answered ${response.status}: ${await response.text()}`);
}

/** What is taken out of service stops answering within five seconds, everywhere. */
async function stops({ url, key }: Target, path: string, body: unknown): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const until = Date.now() + 6_000;
  for (;;) {
    const { status } = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (status === 409) return;
    assert.equal(status, 200);
    assert.ok(Date.now() < until, 'an archived deployment still answers after six seconds');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** The whole life of a deployment, as an engineer would live it: stage, test, promote, roll back, retire. */
export async function lifecycle(target: Target, say: Say): Promise<void> {
  const call = clientOf(target);
  const example = JSON.parse(read('sample.json').toString()).example;
  const stamp = Date.now().toString(36);

  await call('GET', '/healthz');
  const { project_id } = await call('POST', '/api/projects', {
    body: { name: `lifecycle-${stamp}` },
    status: 201,
  });
  say('made a project', project_id);

  const name = `tumour-${stamp}`;
  const first = await register(
    target,
    { project_id, name, metrics: { auc: 0.98 } },
    'tumour-xgboost.json',
    'baseline.csv',
  );
  const second = await register(target, { project_id, name }, 'tumour-lightgbm.txt');
  assert.deepEqual([first.algo, second.algo, second.version], ['XGBoost', 'LightGBM', '2']);
  await call('PUT', `/api/models/${name}/aliases/champion`, { body: { version: '1' } });
  say('registered two versions of a model', [first.id, second.id]);

  const deployments = `/api/mlops/projects/${project_id}/deployments`;
  const create = (model: Body, stage: string) =>
    call('POST', deployments, {
      body: { model_id: model.id, name: `v${model.version}`, stage },
      status: 201,
    });
  const of = (id: string) => `/api/mlops/deployments/${id}`;
  const live = async () => {
    const { items } = await call('GET', deployments);
    return items.filter((d: Body) => d.stage === 'production' && d.is_active).map((d: Body) => d.id);
  };

  const one = await create(first, 'staging');
  assert.deepEqual([one.stage, one.is_active, one.status], ['staging', true, 'active']);
  say('deployed version 1 to staging', one.deployment_id);

  const answer = await call('POST', `${of(one.id)}/predict`, {
    body: { inputs: example.record, options: { include_contributions: true, include_probabilities: true } },
  });
  assert.equal(answer.predictions[0].prediction, example.diagnosis);
  assert.equal(answer.contributions[0].at(-1).feature, 'BiasTerm');
  const margin = answer.contributions[0].reduce((sum: number, c: Body) => sum + c.value, 0);
  const p1 = answer.predictions[0].probabilities['1'];
  assert.ok(Math.abs(1 / (1 + Math.exp(-margin)) - p1) < 1e-6, 'the contributions add up to the score');
  say('staging test passed', answer.predictions);

  const promoted = await call('POST', `${of(one.id)}/promote`, { body: { to_stage: 'production' } });
  assert.deepEqual(promoted, {
    ok: true,
    deployment_id: one.id,
    stage: 'production',
    archived_deployment_id: null,
  });
  say('promoted to production');

  const two = await create(second, 'production');
  assert.deepEqual([two.stage, two.is_active], ['production', true]);
  assert.deepEqual(await live(), [two.id]);
  const replaced = await call('GET', of(one.id));
  assert.deepEqual([replaced.deployment.stage, replaced.deployment.is_active], ['archived', false]);
  say('deployed version 2 straight to production: version 1 is archived');

  await stops(target, `${of(one.id)}/predict`, { inputs: example.record });
  say('version 1 no longer answers');
  await call('POST', `${of(two.id)}/rollback`, { body: { to_deployment_id: one.id } });
  assert.deepEqual(await live(), [one.id]);
  say('rolled back to the deployment of version 1');

  const headers = { 'idempotency-key': `again-${stamp}` };
  const body = { to_model_id: second.id };
  const rolled = await call('POST', `${of(one.id)}/rollback`, { body, headers });
  const repeated = await call('POST', `${of(one.id)}/rollback`, { body, headers });
  assert.deepEqual(repeated, rolled);
  assert.deepEqual(await live(), [rolled.deployment_id]);
  say('rolled back to the model of version 2, said twice and done once', rolled.deployment_id);

  const records = [example.record, example.record, example.record];
  const list = await call('POST', `${of(rolled.deployment_id)}/predict`, { body: { inputs: records } });
  assert.equal(list.predictions.length, 3);
  const logs = await call('GET', `${of(rolled.deployment_id)}/inference-logs?limit=2`);
  assert.deepEqual([logs.total, logs.items.length], [3, 2]);
  assert.deepEqual(logs.items[0].inputs, example.record);
  assert.deepEqual(
    logs.items.map((l: Body) => l.id),
    list.log_ids.toReversed().slice(0, 2),
  );
  say('predicted a list, and found every record in the logs', logs.total);

  await call('POST', `${of(rolled.deployment_id)}/deactivate`);
  assert.deepEqual(await live(), []);
  say('deactivated: nothing is in production');
}

if (import.meta.main) {
  const { SLIPWAY_URL: url = 'http://127.0.0.1:8888', SLIPWAY_KEY: key } = process.env;
  if (!key) {
    console.error('SLIPWAY_KEY must hold an API key with the scopes read, write and predict');
    process.exit(2);
  }
  const started = Date.now();
  await lifecycle({ url: url.replace(/\/$/, ''), key }, (what, how) => {
    console.log(
      `${String(Date.now() - started).padStart(6)} ms  ${what}${how === undefined ? '' : `  ${JSON.stringify(how)}`}`,
    );
  });
  console.log('1 passed, 0 failed');
}
