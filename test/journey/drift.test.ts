import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../local/loopback.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { clientOf } from '../../scripts/lifecycle.ts';
import { until } from '../local/support/homes.ts';

let stack: Stack;
const home = mkdtempSync(join(tmpdir(), 'slipway-drift-'));
beforeAll(async () => {
  stack = await startStack({ home, port: await freePort() });
});
afterAll(async () => {
  await stack?.stop();
  rmSync(home, { recursive: true, force: true });
});

const [header = '', ...lines] = readFileSync('local/sample/baseline.csv', 'utf8').trim().split('\n');
const columns = header.split(',');
const shifted = lines.map((line) =>
  Object.fromEntries(line.split(',').map((cell, i) => [columns[i], 5 + 3 * Number(cell)])),
);

test('predictions of another world are told as drift by a job that somebody asked for', async () => {
  const call = clientOf(stack);
  const of = `/api/mlops/deployments/${stack.sample?.deployment_id}`;
  await call('POST', `${of}/predict`, { body: { inputs: shifted } });
  const begun = await Promise.all(Array.from({ length: 20 }, () => call('POST', `${of}/drift/run`)));
  const [job_id, ...others] = new Set(begun.map((one) => one.job_id));
  expect(others).toEqual([]);
  const job = await until(async () => {
    const { job: now } = await call('GET', `/api/jobs/${job_id}`);
    return now.finished_at ? now : undefined;
  }, 'the job');
  expect(job).toMatchObject({ type: 'drift', status: 'succeeded', error: null });
  const { features, ...drift } = await call('GET', `${of}/drift?include=bins`);
  // The sample itself may have asked before.
  expect(drift.inference_rows).toBeGreaterThanOrEqual(shifted.length);
  expect(drift).toMatchObject({ overall_status: 'high', baseline: { source: 'sample' } });
  expect(drift).not.toHaveProperty('partial');
  expect(features.mean_radius).toMatchObject({ status: 'high', above_noise: true });
  const told: Record<string, { status: string; bins: { live: number[] } }> = features;
  for (const { bins } of Object.values(told))
    expect(bins.live.reduce((sum, count) => sum + count, 0)).toBe(drift.inference_rows);
});
