import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../local/loopback.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { clientOf } from '../../scripts/lifecycle.ts';
import { until } from '../local/support/homes.ts';

let stack: Stack;
const home = mkdtempSync(join(tmpdir(), 'slipway-counting-'));
beforeAll(async () => {
  stack = await startStack({ home, port: await freePort() });
});
afterAll(async () => {
  await stack?.stop();
  rmSync(home, { recursive: true, force: true });
});

test('a prediction is listed at once, and is in the metrics once it is counted', async () => {
  const call = clientOf(stack);
  const of = `/api/mlops/deployments/${stack.sample?.deployment_id}`;
  const before = await call('GET', `${of}/inference-logs?limit=1`);
  for (let i = 1; i <= 5; i++) {
    const { log_ids } = await call('POST', `${of}/predict`, { body: { inputs: [{}, {}] } });
    const { items, total } = await call('GET', `${of}/inference-logs?limit=2`);
    expect([total, items.map(({ id }: { id: string }) => id)]).toEqual([
      before.total + 2 * i,
      log_ids.toReversed(),
    ]);
  }
  const counted = await until(async () => {
    const metrics = await call('GET', `${of}/metrics?step=60`);
    return metrics.rows === before.total + 10 ? metrics : undefined;
  }, 'the metrics');
  expect(counted.errors).toBe(0);
  expect(counted.latency_ms.p50).toBeGreaterThan(0);
  const series: { rows: number }[] = counted.series;
  expect(series.reduce((sum, { rows }) => sum + rows, 0)).toBe(counted.rows);
  const again = await call('GET', `${of}/inference-logs?limit=3`);
  expect(again.total).toBe(counted.rows);
  const next = await call('GET', `${of}/inference-logs?limit=3&cursor=${again.next_cursor}`);
  expect([next.offset, next.total]).toEqual([3, counted.rows]);
});
