import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { begin } from '../../adapters/deployments/operations.ts';
import { record } from '../../adapters/logs/inferences.ts';
import { time } from '../../domain/fields.ts';
import { idAt } from '../../domain/id.ts';
import { logId } from '../../domain/log.ts';
import { clientOf } from '../lifecycle.ts';

/** What the journey does not ask for, so that every permission is used that a request can use. */
const { SLIPWAY_URL: url = '', SLIPWAY_KEY: key = '' } = process.env;
const call = clientOf({ url, key });

const { items: projects } = await call('GET', '/api/projects');
const project_id: string = projects[0].id;
await call('GET', `/api/projects/${project_id}`);
const { items: models } = await call('GET', '/api/models');
const { id: model_id, name } = models[0];
await call('GET', `/api/models/${model_id}`);
const deployments = `/api/mlops/projects/${project_id}/deployments`;
const { items } = await call('GET', deployments);
const deployment = `/api/mlops/deployments/${items[0].id}`;
await call('GET', deployment);
await call('GET', '/openapi.json');
await call('GET', `/api/jobs/${project_id}`, { status: 404 });

/** A record that nothing compresses: many of them lie in a bucket and not in their log. */
const anything = (record: Record<string, number>) =>
  Object.fromEntries(Object.entries(record).map(([column, value]) => [column, value * Math.random()]));
const example = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../local/sample/sample.json'), 'utf8'),
).example;

/** Send a request twice under one key: the second answer is the first, but for a secret that is shown once. */
async function twice(method: string, path: string, body?: unknown, status = 200) {
  const headers = { 'idempotency-key': idAt(Date.now(), randomBytes(10)) };
  const first = await call(method, path, { body, status, headers });
  const second = await call(method, path, { body, status, headers });
  assert.deepEqual(second.key === null ? { ...second, key: first.key } : second, first);
  return first;
}
await twice('POST', '/api/projects', { name: `twice-${Date.now()}` }, 201);
await twice('POST', '/api/models', { project_id, name: `twice-${Date.now()}` }, 201);
await twice('POST', `/api/models/${model_id}/complete`);
await twice('PUT', `/api/models/${name}/aliases/twice`, { version: '1' });
await twice('DELETE', `/api/models/${name}/aliases/twice`);
const { deployment_id } = await twice(
  'POST',
  deployments,
  { model_id, name: 'twice', stage: 'staging' },
  201,
);
const again = `/api/mlops/deployments/${deployment_id}`;
await twice('POST', `${again}/promote`, { to_stage: 'production' });
const inputs = Array.from({ length: 300 }, () => anything(example.record));
await call('POST', `${again}/predict`, { body: { inputs } });
const large = await call('GET', `${again}/inference-logs?limit=1`);
assert.deepEqual(large.items[0].inputs, inputs.at(-1));
const { job_id } = await twice('POST', `${again}/drift/run`);
for (let tried = 0; ; tried++) {
  const { job } = await call('GET', `/api/jobs/${job_id}`);
  if (job.status === 'succeeded') break;
  assert.ok(job.status !== 'failed' && tried < 100, 'drift was not computed within fifty seconds');
  await sleep(500);
}
const drift = await call('GET', `${again}/drift?include=bins`);
assert.ok(drift.computed_at);
const { history } = await call('GET', `${again}/drift?include=history`);
assert.equal(history.at(-1).computed_at, drift.computed_at);
const { deployment_id: quiet } = await twice(
  'POST',
  deployments,
  { model_id, name: 'quiet', stage: 'staging' },
  201,
);
await hourly();
for (let tried = 0; ; tried++) {
  const { computed_at } = await call('GET', `/api/mlops/deployments/${quiet}/drift`);
  if (computed_at) break;
  assert.ok(tried < 100, 'the drift of the hour was not computed within fifty seconds');
  await sleep(500);
}
await twice('POST', `${again}/deactivate`);
await twice('POST', `${again}/rollback`, { to_deployment_id: deployment_id });
const made = await twice('POST', '/api/auth/api-keys', { name: 'twice', scopes: ['read'] }, 201);
await call('GET', '/api/auth/api-keys');
await twice('DELETE', `/api/auth/api-keys/${made.id}`);

/** An operation that nobody finishes is closed by the sweeper, and its job says so. */
const op_id = idAt(Date.now(), randomBytes(10));
const begun = { op_id, project_id, deployment_id, actor: 'nobody', at: time(Date.now() - 600_000) };
await begin({ ...begun, kind: 'promote' });
await sweep();
const { job } = await call('GET', `/api/jobs/${op_id}`);
assert.equal(job.status, 'failed');

/** Start the machine of every hour now. */
async function hourly() {
  const ask = async (operation: string, body: object) => {
    const answer = await fetch(`${process.env.AWS_ENDPOINT_URL}/`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AWSStepFunctions.${operation}`,
      },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200);
    return (await answer.json()) as { stateMachines?: { name: string; stateMachineArn: string }[] };
  };
  const { stateMachines } = await ask('ListStateMachines', {});
  const stateMachineArn = stateMachines?.find((machine) => machine.name.includes('drift'))?.stateMachineArn;
  await ask('StartExecution', { stateMachineArn, input: '{}' });
}

/** Run the sweeper now: nobody waits a minute here. */
async function sweep() {
  const functions = `${process.env.AWS_ENDPOINT_URL}/2015-03-31/functions`;
  const sweeper = await nameOf(functions, 'sweepOperations');
  const answer = await fetch(`${functions}/${sweeper}/invocations`, { method: 'POST', body: '{}' });
  assert.equal(answer.status, 200);
}

/** The name under which a function was deployed; they are listed some at a time. */
async function nameOf(functions: string, operation: string): Promise<string> {
  for (let marker: string | undefined = ''; marker !== undefined; ) {
    const answer = await fetch(`${functions}/${marker && `?Marker=${encodeURIComponent(marker)}`}`);
    const page = (await answer.json()) as { Functions: { FunctionName: string }[]; NextMarker?: string };
    const found = page.Functions.find(({ FunctionName }) => FunctionName.includes(operation));
    if (found) return found.FunctionName;
    marker = page.NextMarker || undefined;
  }
  throw new Error(`${operation} is not deployed`);
}

/** A log that its table did not take (here: a table that is not there) is in the list all the same, soon after. */
const { total } = await call('GET', `${again}/inference-logs`);
const log = {
  id: logId(idAt(Date.now(), randomBytes(10))),
  deployment_id,
  rows: 1,
  status_code: 200,
  latency_ms: 1,
};
const told = {
  predictions: ['spooled'],
  inputs: null,
  key_id: 'nobody',
  flags: [],
  exp: Date.now() / 1000 + 86_400,
};
assert.equal(await record({ ...log, ...told, exp: Math.floor(told.exp) }, 1), 'spooled');
for (let tried = 0; ; tried++) {
  const logs = await call('GET', `${again}/inference-logs`);
  if (logs.total === total + 1) break;
  assert.ok(tried < 50, 'a spooled log was not ingested within ten seconds');
  await sleep(200);
}
