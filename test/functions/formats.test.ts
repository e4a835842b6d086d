import { globSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openWire } from './support/wire.ts';

let wire: Awaited<ReturnType<typeof openWire>>;
beforeAll(async () => {
  wire = await openWire();
});
afterAll(() => {
  vi.restoreAllMocks();
});

const folder = 'test/fixtures/models';
/** Files of single ONNX operations have tests of their own. */
const files = globSync('**/*.{json,ubj,model,txt,pkl,zip,tar.gz,skops,onnx}', {
  cwd: folder,
  exclude: ['**/*.golden.json', '**/goldens.json'],
})
  .filter((file) => !file.startsWith('onnx/') || /pipe|forest|boost|network/.test(file))
  .toSorted();

/** XGBoost cut the names of its levels; they have to be registered. */
const unreadable = /^xgboost-letters/;

type Feature = { name: string; type: string; values?: string[] };
const sampleOf = ({ type, values }: Feature) => (type === 'number' ? 0.5 : (values?.[0] ?? '1'));

test('there are models of every format', () => {
  expect(files.length).toBeGreaterThan(80);
});

describe.each(files.filter((file) => !unreadable.test(file)))('%s', (file) => {
  test('is registered, deployed and answers, with contributions or a reason why not', async () => {
    const { project_id, model_id } = await wire.ready(file);
    const { body: shown } = await wire.send('GET', `/api/models/${model_id}`);
    const id = await wire.deploy(project_id, model_id);
    const { body } = await wire.send('GET', `/api/mlops/deployments/${id}`);
    expect([body.deployment.status, body.deployment.error_message]).toEqual(['active', undefined]);
    const features: Feature[] = shown.model.schema.features;
    const inputs = Object.fromEntries(features.map((feature) => [feature.name, sampleOf(feature)]));
    const predict = (options: object) =>
      wire.send('POST', `/api/mlops/deployments/${id}/predict`, { body: { inputs, options } });
    const got = await predict({ include_probabilities: true });
    expect(got.status, JSON.stringify(got.body)).toBe(200);
    const [{ prediction, probabilities }] = got.body.predictions;
    if (typeof prediction === 'number') expect(prediction).toBeLessThan(Number.POSITIVE_INFINITY);
    else if (probabilities) expect(Object.keys(probabilities)).toContain(prediction);
    const why = await predict({ include_contributions: true });
    const { contributions } = shown.model.report;
    if (why.status === 422) {
      expect(why.body.detail).toMatch(/^Contributions are not available for [\w -]+ models$/);
      expect(contributions).toEqual({ available: false, reason: why.body.detail });
    } else {
      expect(contributions).toEqual({ available: true, reason: null });
      const names = why.body.contributions[0].map(({ feature }: { feature: string }) => feature);
      expect(names).toEqual([...features.map(({ name }) => name), 'BiasTerm']);
    }
  });
});
