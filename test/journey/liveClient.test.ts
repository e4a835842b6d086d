import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPlatformClient } from '@osdk/client';
import { foundryPlatformFetch } from '@osdk/shared.net.platformapi';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../local/loopback.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { clientOf } from '../../scripts/lifecycle.ts';

/** The calls as the product's own package makes them: method, path, and which of body, query and headers follow. */
const path = '/v2/models/liveDeployments';
const calls = {
  get: [0, `${path}/{0}`, 2],
  list: [0, path, 2],
  create: [1, path, 3],
  replace: [2, `${path}/{0}`, 3],
  transformJson: [1, `${path}/{0}/transformJson`, 7],
  disable: [1, `${path}/{0}/disable`, 2],
  start: [1, `${path}/{0}/start`, 2],
} as const;
const preview = { preview: true };

let stack: Stack;
let rid: string;
let modelRid: string;
const home = mkdtempSync(join(tmpdir(), 'slipway-live-'));
beforeAll(async () => {
  stack = await startStack({ home, port: await freePort() });
  const id = String(stack.sample?.deployment_id);
  rid = `ri.foundry-ml-live.main.live-deployment.${id}`;
  const call = clientOf(stack);
  const { deployment } = await call('GET', `/api/mlops/deployments/${id}`);
  const { model } = await call('GET', `/api/models/${deployment.model_id}`);
  modelRid = `ri.models.main.model.${model.registered_model_id}`;
});
afterAll(async () => {
  await stack?.stop();
  rmSync(home, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: a client sees JSON.
type Json = any;
const client = (token = stack.key) => createPlatformClient(stack.url, async () => token);
/** The tuple of the call is the client's own way to say it; its types know no call that is made by hand. */
const ask = (name: keyof typeof calls, given: readonly unknown[], token?: string): Promise<Json> =>
  (foundryPlatformFetch as unknown as (...all: readonly unknown[]) => Promise<Json>)(
    client(token),
    calls[name],
    ...given,
  );
const thrown = async (asked: Promise<Json>): Promise<Json> => {
  const error: Json = await asked.then(
    () => {
      throw new Error('it was answered');
    },
    (caught) => caught,
  );
  const { errorName, errorCode, errorDescription, errorInstanceId, statusCode, parameters } = error;
  expect(error.constructor.name).toBe('PalantirApiError');
  expect(errorInstanceId).toMatch(/^[0-9a-f-]{36}$/);
  expect(errorDescription).toEqual(expect.any(String));
  return { errorName, errorCode, statusCode, parameters };
};

test('it gets a deployment, all fields of it', async () => {
  expect(await ask('get', [rid, preview])).toEqual({
    rid,
    modelVersion: { modelRid: expect.any(String), modelVersionRid: expect.any(String) },
    runtimeConfiguration: { minReplicas: 0, maxReplicas: 1, threadCount: 32 },
    status: { state: 'ACTIVE', isReady: true },
  });
});

test('it creates, lists, replaces, scores, disables and starts', async () => {
  const runtimeConfiguration = { minReplicas: 0, maxReplicas: 3, cpu: 1, memory: '256MiB', threadCount: 32 };
  const deploymentType = { type: 'direct', modelRid, branch: 'master' };
  const made = await ask('create', [{ deploymentType, runtimeConfiguration }, preview]);
  expect(made).toMatchObject({
    branch: 'master',
    runtimeConfiguration,
    status: { state: 'ACTIVE', isReady: true },
  });
  const { data } = await ask('list', [{ modelRid, branch: 'master', ...preview }]);
  expect(data).toEqual([made]);
  const other = { ...runtimeConfiguration, maxReplicas: 4 };
  const replaced = await ask('replace', [made.rid, { runtimeConfiguration: other }, preview]);
  expect(replaced.runtimeConfiguration).toEqual(other);
  const input = { input_df: [{ mean_radius: 20 }, { mean_radius: 10 }] };
  const { output } = await ask('transformJson', [made.rid, { input }, preview, {}]);
  expect(output.output_df).toEqual([
    expect.objectContaining({ prediction: expect.any(String) }),
    expect.objectContaining({ prediction: expect.any(String) }),
  ]);
  expect(await ask('disable', [made.rid, preview])).toBeUndefined();
  expect((await ask('get', [made.rid, preview])).status).toEqual({ state: 'DISABLED', isReady: false });
  expect(await ask('start', [made.rid, preview])).toBeUndefined();
  expect((await ask('get', [made.rid, preview])).status).toEqual({ state: 'ACTIVE', isReady: true });
});

test.each<[string, () => Promise<Json>, object]>([
  [
    'a deployment that is not there',
    () => ask('get', [`${rid.slice(0, -12)}000000000000`, preview]),
    {
      errorName: 'LiveDeploymentNotFound',
      errorCode: 'NOT_FOUND',
      statusCode: 404,
      parameters: { liveDeploymentRid: expect.stringMatching(/000000000000$/) },
    },
  ],
  [
    'no preview flag',
    () => ask('get', [rid, {}]),
    {
      errorName: 'ApiFeaturePreviewUsageOnly',
      errorCode: 'INVALID_ARGUMENT',
      statusCode: 400,
      parameters: {},
    },
  ],
  [
    'a bad token',
    () => ask('get', [rid, preview], 'slw_bad'),
    { errorName: 'Default:Unauthorized', errorCode: 'UNAUTHORIZED', statusCode: 401, parameters: {} },
  ],
  [
    'what is no resource identifier',
    () => ask('get', ['ri.x/y z%é', preview]),
    { errorName: 'Conjure:InvalidArgument', errorCode: 'INVALID_ARGUMENT', statusCode: 400, parameters: {} },
  ],
  [
    'too many threads',
    () =>
      ask('replace', [
        rid,
        { runtimeConfiguration: { minReplicas: 0, maxReplicas: 1, threadCount: 257 } },
        preview,
      ]),
    {
      errorName: 'ThreadCountTooHigh',
      errorCode: 'INVALID_ARGUMENT',
      statusCode: 400,
      parameters: { maxThreadCount: 256, providedThreadCount: 257 },
    },
  ],
])('%s: its error class has every field', async (_, asked, error) => {
  expect(await thrown(asked())).toEqual(error);
});

test('as many functions are kept started as the active deployments ask for, and none when they stop', async () => {
  const started = async () => {
    const path = '/2019-09-30/functions/predict/provisioned-concurrency?Qualifier=live';
    const { RequestedProvisionedConcurrentExecutions: executions = 0 }: Json = await (
      await fetch(`${stack.urls.services}${path}`)
    ).json();
    return executions;
  };
  const deploymentType = { type: 'direct', modelRid, branch: 'warm' };
  const runtimeConfiguration = { minReplicas: 2, maxReplicas: 3 };
  const { rid: warm } = await ask('create', [{ deploymentType, runtimeConfiguration }, preview]);
  await expect.poll(started, { timeout: 60_000 }).toBe(2);
  await ask('disable', [warm, preview]);
  await expect.poll(started, { timeout: 60_000 }).toBe(0);
});
