import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanEnv, freePort, loopbackOnly } from '../../local/loopback.ts';
import { adapt } from './adapt.ts';
import { end, run, start } from './command.ts';
import { type Guard, guard } from './guard.ts';
import { type Policies, policiesOf, templates } from './policies.ts';
import { emulator } from './venv.ts';

/** `cdk deploy` of the real bundles onto an emulator that nobody here wrote, and then the journey over HTTP. */
const root = join(import.meta.dirname, '..', '..');
const home = join(root, '.slipway', 'deployed');
const app = join(home, 'cdk.out');
const outputs = join(home, 'outputs.json');
const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
const node = process.execPath;
const cdk = join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
/** Done by nobody but these two, and told to nobody: what waited for them is where it belongs. */
const unseen = ['publishEvents events:PutEvents', 'ingestSpool s3:DeleteObject'];

const found = emulator(join(root, '.slipway', 'venv'));
process.exitCode = 'absent' in found ? refuse(found.absent) : (withoutRoute() ?? (await check(found.python)));

function refuse(why: string): number {
  const optional = process.env.SLIPWAY_DEPLOYED_OPTIONAL === '1';
  console.log(`${optional ? 'SKIPPED' : 'FAILED'}: ${why}`);
  return optional ? 0 : 1;
}

/** Run this file again where no route leads out, so that no mistake can reach AWS. Undefined: here, or nowhere. */
function withoutRoute(): number | undefined {
  if (process.env.SLIPWAY_NO_ROUTE_OUT === '1') return undefined;
  const inside = ['-rn', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  if (spawnSync('unshare', [...inside, 'true']).status !== 0) {
    console.log('No network namespace can be made here: the checks of every endpoint stand alone.');
    return undefined;
  }
  const env = { ...process.env, SLIPWAY_NO_ROUTE_OUT: '1' };
  const { status } = spawnSync('unshare', [...inside, node, import.meta.filename], { env, stdio: 'inherit' });
  return status ?? 1;
}

async function check(python: string): Promise<number> {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const port = await freePort();
  const url = String(loopbackOnly(`http://127.0.0.1:${port}`)).replace(/\/$/, '');
  const env = cleanEnv({
    PATH: path,
    AWS_ENDPOINT_URL: url,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DEFAULT_ACCOUNT: '000000000000',
    CDK_DEFAULT_REGION: 'us-east-1',
  });
  // What it does unless told: listen on every interface, on two ports.
  const server = start(python, [join(import.meta.dirname, 'emulator.py')], {
    log: join(home, 'emulator.log'),
    env: {
      ...env,
      BIND_HOST: '127.0.0.1',
      IOT_MTLS_ENABLED: '0',
      GATEWAY_PORT: String(port),
      MINISTACK_HOST: 'localhost',
      SFN_WAIT_SCALE: '0.05',
    },
  });
  const stopped = () => void end(server).then(() => process.exit(130));
  process.once('SIGINT', stopped).once('SIGTERM', stopped);
  let gate: Guard | undefined;
  try {
    await step('emulator up', () => answers(`${url}/_ministack/health`));
    // Where no route leads out npm cannot make a layer, and it would be for another processor.
    const context = { CDK_OUTDIR: app, CDK_CONTEXT_JSON: JSON.stringify({ engineLayer: false }) };
    await step('cdk synth', () => run(node, ['bin/slipway.ts'], { env: { ...env, ...context } }));
    const policies = policiesOf(templates(app).values());
    gate = await guard(url, policies);
    for (const change of adapt(app, gate.endpoints)) console.log(`  adapted  ${change}`);
    await step('cdk bootstrap', () =>
      run(node, [cdk, 'bootstrap', 'aws://000000000000/us-east-1', '--no-notices'], { env }),
    );
    await step('cdk deploy', () =>
      run(
        node,
        [
          cdk,
          'deploy',
          '--all',
          '--app',
          app,
          '--require-approval',
          'never',
          '--no-notices',
          '--outputs-file',
          outputs,
        ],
        { env },
      ),
    );
    const { refused, passed } = gate;
    await step('journey', () => journey(url, env)).finally(() => {
      for (const what of refused) console.log(`  REFUSED  ${what}`);
    });
    judged({ refused, passed }, policies);
    return 0;
  } catch (error) {
    console.error(`FAILED: ${error instanceof Error ? error.message : 'unknown'}`);
    return 1;
  } finally {
    await gate?.close();
    await end(server);
  }
}

/** Nobody was refused what he needs; and what nothing here asked for, so that nobody takes it for shown. */
function judged({ refused, passed }: Pick<Guard, 'refused' | 'passed'>, policies: Policies): void {
  const granted = [...policies].flatMap(([who, statements]) =>
    statements.flatMap(({ Action }) => [Action].flat().map((action) => `${who} ${action}`)),
  );
  const asked = new Set(granted.filter((line) => !line.includes(' logs:')));
  const unused = Map.groupBy(
    [...asked].filter((line) => !passed.has(line)),
    (line) => line.split(' ')[1] ?? '',
  );
  console.log(`${passed.size} of ${asked.size} permissions of functions were used, ${refused.size} lacking`);
  for (const [action, lines] of unused)
    console.log(`  unused  ${action}: ${lines.map((line) => line.split(' ')[0]).join(' ')}`);
  if (refused.size > 0) throw new Error('a role lacks what its function needs');
  for (const deed of unseen) if (!passed.has(deed)) throw new Error(`nobody saw ${deed}`);
}

async function journey(url: string, env: Record<string, string>): Promise<void> {
  const { 'Slipway-data': data, 'Slipway-platform': platform } = JSON.parse(readFileSync(outputs, 'utf8'));
  const tables = ['--keys-table', data.KeysTable, '--control-table', data.ControlTable];
  const key = (await run(node, ['scripts/adminKey.ts', ...tables], { env })).trim();
  const there = { ...env, SLIPWAY_URL: pathTo(platform.Url, url), SLIPWAY_KEY: key };
  await run(node, ['scripts/lifecycle.ts'], { env: there, loud: true });
  const [, DATA_BUCKET] =
    Object.entries(data).find(([name]) => name.startsWith('ExportsOutputRefdata')) ?? [];
  const names = { CONTROL_TABLE: data.ControlTable, DATA_BUCKET: String(DATA_BUCKET), LOGS_TABLE: 'absent' };
  await run(node, ['scripts/deployed/rounds.ts'], { env: { ...there, ...names }, loud: true });
}

/** The API by a path: its name need not resolve on this machine, and no name but this machine's is ever called. */
function pathTo(api: string, url: string): string {
  const [id] = loopbackOnly(api).hostname.split('.');
  return `${url}/_aws/execute-api/${id}/$default`;
}

async function step(name: string, does: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await does();
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${name}`);
}

/** Wait until somebody answers there, at most 20 seconds. */
async function answers(url: string): Promise<void> {
  for (let tried = 0; tried < 200; tried++) {
    const ok = await fetch(loopbackOnly(url)).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await sleep(100);
  }
  throw new Error('the emulator does not answer');
}
