import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { aliases } from '../lib/handler.ts';
import { freePort } from '../local/loopback.ts';
import { startStack } from '../local/stack.ts';
import { clientOf } from '../scripts/lifecycle.ts';

/**
 * What a caller waits for in a fresh process, in a warm one that has not seen the model, and in a warm one:
 * `node bench/coldStarts.ts`. The runtime's own start, which AWS alone has, is not in it.
 */
const runs = 15;
const run = promisify(execFile);
const home = mkdtempSync(join(tmpdir(), 'slipway-cold-'));
const stack = await startStack({ home, port: await freePort() });
try {
  const { inputs, ids } = await deployments();
  const file = join(home, 'predict.mjs');
  const { outputFiles } = await build({
    ...{ entryPoints: ['functions/inference/predict.ts'], bundle: true, minify: true, write: false },
    ...{ format: 'esm', platform: 'node', target: 'node24', mainFields: ['module', 'main'], alias: aliases },
  });
  writeFileSync(file, outputFiles[0]?.contents ?? '');
  const events = [...ids, ids[0]].map((deployment_id) => ({
    version: '2.0',
    rawPath: '/',
    rawQueryString: '',
    headers: { authorization: `Bearer ${stack.key}`, 'content-type': 'application/json' },
    pathParameters: { deployment_id },
    requestContext: { requestId: 'cold', http: { method: 'POST', path: '/' } },
    body: JSON.stringify({ inputs }),
    isBase64Encoded: false,
  }));
  const code = `
    const t = [performance.now()];
    const { handler } = await import(${JSON.stringify(file)});
    t.push(performance.now());
    for (const event of ${JSON.stringify(events)}) {
      const { statusCode } = await handler(event, {});
      if (statusCode !== 200) throw new Error(String(statusCode));
      t.push(performance.now());
    }
    process.stderr.write(JSON.stringify(t.slice(1).map((at, i) => at - t[i])));`;
  const plan = stack.plan.functions.find(({ source }) => source === 'functions/inference/predict.ts');
  const env = { ...stack.env, ...plan?.env, TMPDIR: join(home, 'none') };
  const times: number[][] = [];
  for (let i = 0; i < runs; i++) {
    const { stderr } = await run(process.execPath, ['--input-type=module', '-e', code], { env });
    times.push(JSON.parse(stderr));
  }
  const steps = ['import', 'first call', 'first call of another model', 'call of a known model'];
  for (const [i, step] of steps.entries()) {
    const all = times.map((row) => row[i] ?? 0).toSorted((a, b) => a - b);
    console.log(
      `| ${step} | ${all[0]?.toFixed(1)} | ${all[runs >> 1]?.toFixed(1)} | ${all.at(-1)?.toFixed(1)} |`,
    );
  }
} finally {
  await stack.stop();
  rmSync(home, { recursive: true, force: true });
}

/** Two deployments of two models. */
async function deployments() {
  const call = clientOf(stack);
  const project_id = stack.sample?.project_id;
  const { items } = await call('GET', `/api/models?project_id=${project_id}`);
  const ids: string[] = [];
  for (const { model_id } of items.slice(0, 2)) {
    const body = { model_id, name: 'cold', stage: 'staging' };
    const made = await call('POST', `/api/mlops/projects/${project_id}/deployments`, { body, status: 201 });
    ids.push(made.id);
  }
  return { ids, inputs: { mean_radius: 14 } };
}
