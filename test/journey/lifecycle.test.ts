import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../local/loopback.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { clientOf, lifecycle } from '../../scripts/lifecycle.ts';

let stack: Stack;
const home = mkdtempSync(join(tmpdir(), 'slipway-journey-'));
beforeAll(async () => {
  stack = await startStack({ home, port: await freePort() });
});
afterAll(async () => {
  await stack?.stop();
  rmSync(home, { recursive: true, force: true });
});

test('a model is registered, staged, tested, promoted, replaced, rolled back and retired over HTTP', async () => {
  const steps: string[] = [];
  await lifecycle(stack, (what) => steps.push(what));
  expect(steps.at(-1)).toBe('deactivated: nothing is in production');
});

test('the sample that a first start makes is in production and predicts what is true', async () => {
  const call = clientOf(stack);
  const { deployment, model } = await call('GET', `/api/mlops/deployments/${stack.sample?.deployment_id}`);
  expect(deployment).toMatchObject({ stage: 'production', is_active: true });
  expect(model.algo).toBe('XGBoost');
});
