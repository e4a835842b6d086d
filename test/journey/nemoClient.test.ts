import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../local/loopback.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { clientOf } from '../../scripts/lifecycle.ts';

/** A Python that has the package `nemo-platform` of PyPI; it is too large to be asked of everybody. */
const python = process.env.NEMO_PYTHON ?? 'python3';
const has = spawnSync(python, ['-c', 'import nemo_platform']).status === 0;
if (!has)
  console.error('the NVIDIA client is not tried: no Python with nemo-platform (NEMO_PYTHON names one)');

interface Step {
  // biome-ignore lint/suspicious/noExplicitAny: a client sees JSON.
  result?: any;
  error?: string;
  body?: unknown;
  requests: number;
}
let stack: Stack;
let steps: Record<string, Step>;
const home = mkdtempSync(join(tmpdir(), 'slipway-nemo-'));

beforeAll(async () => {
  if (!has) return;
  stack = await startStack({ home, port: await freePort(), sample: false });
  await clientOf(stack)('POST', '/api/projects', { body: { name: 'default' }, status: 201 });
  const child = spawn(python, ['test/journey/support/nemo.py'], {
    env: { ...process.env, URL: stack.url, KEY: stack.key, WORKSPACE: 'default' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  await once(child, 'close');
  steps = JSON.parse(printed);
});
afterAll(async () => {
  await stack?.stop();
  rmSync(home, { recursive: true, force: true });
});
const result = (name: string) => steps[name]?.result;

test.skipIf(!has)('the published Python client reads every answer, and asks once for each', () => {
  const failed = Object.entries(steps).filter(([, { error }]) => error !== undefined);
  expect(failed.map(([name, { error, requests }]) => [name, error, requests])).toEqual([
    ['again', 'ConflictError', 1],
    ['missing', 'NotFoundError', 1],
    ['invalid', 'UnprocessableEntityError', 1],
    ['refused', 'ConflictError', 1],
  ]);
  expect(Object.keys(steps)).toHaveLength(19);
});

test.skipIf(!has)('it sees a deployment from its creation to its end', () => {
  expect(result('create')).toMatchObject({ name: 'llama-7b', workspace: 'default', status: 'CREATED' });
  expect(result('pending').status_history.map((h: { status: string }) => h.status)).toEqual([
    'CREATED',
    'PENDING',
  ]);
  expect(result('ready')).toMatchObject({ status: 'READY', model_provider_id: 'default/llama' });
  expect(result('update')).toMatchObject({ entity_version: 2, status: 'PENDING' });
  expect(result('versions').map((d: { entity_version: number }) => d.entity_version)).toEqual([2, 1]);
  expect(result('version').entity_version).toBe(1);
  expect(result('delete')).toBeNull();
  expect(result('deleted').status).toBe('DELETED');
});

test.skipIf(!has)('it filters lists and goes through their pages', () => {
  expect(result('list').map((d: { entity_version: number }) => d.entity_version)).toEqual([1]);
  expect(result('pages').map((d: { entity_version: number }) => d.entity_version)).toEqual([1, 2]);
});

test.skipIf(!has)('it is told in its own words what is wrong', () => {
  expect(steps.missing?.body).toEqual({ detail: "Deployment 'default/nobody' not found" });
  expect(steps.refused?.body).toEqual({
    detail: 'Deployment is marked for deletion (DELETING). Only transition to DELETED is allowed.',
  });
  expect(steps.invalid?.body).toMatchObject({ detail: [{ type: 'enum', loc: ['body', 'status'] }] });
});
