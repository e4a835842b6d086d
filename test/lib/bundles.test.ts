import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '../../contracts/routes.ts';
import { aliases, bundling } from '../../lib/handler.ts';
import { all, operationOf, synthesized } from './synthesized.ts';

interface Bundle {
  file: string;
  bytes: number;
  text: string;
  /** The files that something of is left of. */
  inputs: string[];
  env: string[];
}

const directory = mkdtempSync(join(tmpdir(), 'slipway-bundles-'));
const bundles = new Map<string, Bundle>();
beforeAll(async () => {
  const functions = Object.values(all(synthesized(), 'AWS::Lambda::Function'));
  const sources = functions.map(({ Metadata = {} }) => String(Metadata['slipway:source']));
  const { target, minify, mainFields } = bundling;
  const options = { target, minify, mainFields, alias: aliases, format: 'esm', platform: 'node' } as const;
  // All at once: what they share is read once.
  const { metafile } = await build({
    ...{ ...options, entryPoints: sources, outdir: directory, outExtension: { '.js': '.mjs' }, bundle: true },
    ...{ metafile: true, logLevel: 'silent' },
  });
  for (const [path, { bytes, inputs, entryPoint }] of Object.entries(metafile.outputs)) {
    const fn = functions[sources.indexOf(entryPoint ?? '')];
    if (!fn) throw new Error(`${path} is no function`);
    bundles.set(operationOf(fn), {
      ...{ file: resolve(path), bytes, text: readFileSync(path, 'utf8') },
      inputs: Object.keys(inputs).filter((input) => (inputs[input]?.bytesInOutput ?? 0) > 0),
      env: Object.keys(fn.Properties.Environment?.Variables ?? {}),
    });
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

test.each(['predict', 'transformJson'])('%s fits into 300 KB with its scoring engine', (id) => {
  expect(bundles.get(id)?.bytes).toBeLessThanOrEqual(300_000);
});

test('every other function fits into 600 KB', () => {
  expect(bundles.size).toBeGreaterThan(routes.length);
  for (const [id, { bytes }] of bundles) expect(bytes, id).toBeLessThanOrEqual(600_000);
});

test.each([
  ['a language of zod but English', /zod\/v4\/locales\/(?!en\.)/],
  ['a second validator', /node_modules\/(ajv|joi|yup)\//],
  ['a tracer', /aws-xray-sdk|powertools\/tracer|@opentelemetry\/sdk/],
  ['a mapper over DynamoDB', /node_modules\/(electrodb|dynamoose|dynamodb-toolbox)\//],
  ['the SDK of before', /node_modules\/aws-sdk\//],
  ['the search for credentials', /credential-provider-(node|sso|ini|process|imds)|nested-clients/],
  [
    'what belongs to infrastructure or tests',
    /node_modules\/(aws-cdk-lib|constructs|vitest|jsonata)\/|^(lib|local|test)\/(?!duckdb\w+|lambdaCredentials|nativeHash|noConfigFiles|noEndpointDiscovery|noEventStreams|noInvokeStore)/,
  ],
])('no bundle holds %s', (_, dear) => {
  for (const [id, { inputs }] of bundles)
    expect(
      inputs.filter((input) => dear.test(input)),
      id,
    ).toEqual([]);
});

test.each(['predict', 'transformJson'])('%s holds no SDK at all', (id) => {
  expect(bundles.get(id)?.inputs.filter((input) => /@aws-sdk|@smithy/.test(input))).toEqual([]);
});

test('every bundle loads by itself and has a handler', async () => {
  const files = [...bundles].map(([, { file }]) => pathToFileURL(file).href);
  // In a plain process: here each would be read and written anew before it is run.
  const script = 'for (const file of process.argv.slice(1)) console.log(typeof (await import(file)).handler)';
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--input-type=module', '-e', script, ...files],
  ]);
  const found = stdout.trim().split('\n');
  expect([...bundles.keys()].filter((_, i) => found[i] !== 'function')).toEqual([]);
});

/** Which machine a route runs that is not called after it. */
const runs: Record<string, string> = {
  createDeployment: 'DEPLOY',
  createBatchDeployment: 'DEPLOY',
  stopBatchDeployment: 'DEACTIVATE',
  startBatchDeployment: 'PROMOTE',
  deleteBatchDeployment: 'DEACTIVATE',
  createLiveDeployment: 'DEPLOY',
  startLiveDeployment: 'PROMOTE',
  disableLiveDeployment: 'DEACTIVATE',
};

/** What a bundle names and can never reach: the kit carries it for other routes. */
function beyond(id: string): string[] {
  const route = routes.find((r) => r.id === id);
  if (!route) return [];
  const machines = ['DEPLOY', 'PROMOTE', 'ROLLBACK', 'DEACTIVATE'].filter(
    (m) => !id.startsWith(m.toLowerCase()) && runs[id] !== m,
  );
  return [
    ...machines.map((m) => `${m}_ARN`),
    ...(route.scope === 'public' ? ['KEYS_TABLE', 'IDEMPOTENCY_TABLE'] : []),
  ];
}

test('a function is granted exactly the names that its code uses', () => {
  const names = /["'`]([A-Z]+_(?:TABLE|BUCKET|ARN)|EVENT_BUS|SCHEDULE_GROUP|CATALOGS|SECRETS_PREFIX)["'`]/g;
  for (const [id, { text, env }] of bundles) {
    // Whoever works with tables may read the secrets of catalogs, where one that is configured has any.
    const ofCatalogs = (name: string) => name === 'SECRETS_PREFIX' && env.includes('CATALOGS');
    const used = new Set([...text.matchAll(names)].map(([, name = '']) => name));
    expect(env.toSorted(), id).toEqual(
      [...used].filter((name) => !beyond(id).includes(name) && !ofCatalogs(name)).toSorted(),
    );
  }
});
