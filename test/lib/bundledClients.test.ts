import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aliases, bundling } from '../../lib/handler.ts';

/** Each client asks once where nobody answers, and tells what it asked for and how it is set. */
const asks = `
  import { GetItemCommand } from '@aws-sdk/client-dynamodb';
  import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
  import { StartExecutionCommand, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
  import { bus } from './adapters/aws/events.ts';
  import { sfn } from './adapters/aws/machines.ts';
  import { client } from './adapters/aws/table.ts';
  const told = [];
  const handle = async ({ protocol, hostname, port, path, headers }) => {
    const scope = headers.authorization.replace(/Signature=.*/, '');
    told.push([protocol, hostname, port, path, headers.host, scope, headers['X-Amzn-Trace-Id'], Object.keys(headers).sort()]);
    throw Object.assign(new Error('stop'), { name: 'TimeoutError', $retryable: {} });
  };
  for (const [asked, command] of [
    [client, new GetItemCommand({ TableName: 't', Key: { pk: { S: 'x' } } })],
    [sfn, new StartSyncExecutionCommand({ stateMachineArn: 'a' })],
    [sfn, new StartExecutionCommand({ stateMachineArn: 'a' })],
    [bus, new PutEventsCommand({ Entries: [] })],
  ]) {
    asked.config.requestHandler = { handle, metadata: { handlerProtocol: 'http/1.1' } };
    await asked.send(command).catch(({ name }) => told.push(name));
    const { region, useFipsEndpoint, useDualstackEndpoint, retryMode, maxAttempts, defaultsMode } = asked.config;
    for (const set of [region, useFipsEndpoint, useDualstackEndpoint, retryMode, maxAttempts, defaultsMode])
      told.push(await set());
  }
  console.log(JSON.stringify(told));
`;

const folder = mkdtempSync(join(tmpdir(), 'slipway-clients-'));
const whole = join(folder, 'whole.mjs');
const ours = join(folder, 'ours.mjs');
beforeAll(async () => {
  const { target, minify, mainFields } = bundling;
  const bundled = async (file: string, alias: Record<string, string>) => {
    const { outputFiles } = await build({
      ...{ stdin: { contents: asks, resolveDir: process.cwd(), loader: 'ts' }, bundle: true, write: false },
      ...{ target, minify, mainFields, alias, format: 'esm', platform: 'node', logLevel: 'silent' },
      // Without our replacements there is CommonJS in the bundle, which looks for what Node has by this name.
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
    writeFileSync(file, outputFiles[0]?.contents ?? '');
  };
  await bundled(whole, {});
  await bundled(ours, aliases);
});
afterAll(() => rmSync(folder, { recursive: true }));

const lambda = {
  ...{ AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'B', AWS_SESSION_TOKEN: 'C' },
  ...{ AWS_LAMBDA_FUNCTION_NAME: 'f', _X_AMZN_TRACE_ID: 'Root=1' },
  ...{ AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
};
const run = (file: string, more: object) =>
  JSON.parse(execFileSync(process.execPath, [file], { encoding: 'utf8', env: { ...lambda, ...more } }));

test.each([
  ['as a function finds it', {}],
  ['of a region elsewhere', { AWS_REGION: 'cn-north-1' }],
  ['with a stand-in for one service', { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:7' }],
  ['with endpoints of another kind', { AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'true' }],
])('in an environment %s, clients ask with our replacements what they ask without', (_, more) => {
  const told = run(ours, more);
  expect(told).toHaveLength(34);
  expect(told).toEqual(run(whole, more));
});
