import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { effort } from '../support/effort.ts';
import { create, type Hostile, openHostile } from './support/refused.ts';

let wire: Hostile;
let project_id: string;
beforeAll(async () => {
  wire = await openHostile();
  ({ project_id } = await wire.ready());
});
afterAll(() => wire.silent());

const good = { name: 'd', stage: 'staging' };
const post = (path: string, body?: unknown) => wire.send('POST', path, { body });

/** Complete what was uploaded; refused, it is failed for good, with a reason, and nothing else comes of it. */
async function completed(bytes: Uint8Array | string) {
  const { id } = (await post('/api/models', { project_id, name: `upload ${Math.random()}` })).body;
  wire.store.set(`models/uploads/${id}/artifact`, Buffer.from(bytes));
  const began = effort();
  const got = await post(`/api/models/${id}/complete`);
  const took = effort() - began;
  const { model } = (await wire.send('GET', `/api/models/${id}`)).body;
  return { ...got, took, model, id };
}
const failed = async (bytes: Uint8Array | string) => {
  const { status, body, took, model, id } = await completed(bytes);
  expect([status, typeof body.detail, model.status, model.error_message]).toEqual([
    422,
    'string',
    'failed',
    body.detail,
  ]);
  expect(took).toBeLessThan(1000);
  expect(wire.store.has(`models/models/${id}/artifact`)).toBe(false);
  expect((await create(wire, project_id, { ...good, model_id: id })).status).toBe(409);
};

test.each([
  ['artifact', 'xgboost-binary.json'],
  ['v1/predict.img', 'xgboost-gamma.json'],
  ['v1/explain.img', 'xgboost-regression.json'],
])(
  'H60: a file replaced after registration is never served (%s): create fails, production stays',
  async (file, model) => {
    const own = await wire.ready(model);
    const live = await wire.deploy(own.project_id, own.model_id, { stage: 'production' });
    const other = await wire.ready('lightgbm-binary.txt');
    const foreign = wire.store.get(`models/models/${other.model_id}/${file}`);
    if (!foreign) throw new Error(`there is no ${file}`);
    wire.store.set(`models/models/${own.model_id}/${file}`, foreign);
    const made = await create(wire, own.project_id, { ...good, model_id: own.model_id, stage: 'production' });
    expect([made.status, made.body.status]).toEqual([201, 'failed']);
    const inputs = {};
    const options = { include_contributions: true };
    const got = await post(`/api/mlops/deployments/${live}/predict`, { inputs, options });
    if (file !== 'artifact') expect([got.status, got.headers['retry-after']]).toEqual([503, '1']);
    else expect(got.status).toBe(200);
    expect(
      (await wire.send('GET', `/api/projects/${own.project_id}`)).body.project.production_deployment_id,
    ).toBe(live);
  },
);

test('H61, H62, H63: what is a program, or an archive of whatever, is not opened', async () => {
  const zip = Buffer.concat([
    Buffer.from('PK\u0003\u0004'),
    Buffer.alloc(26),
    Buffer.from('../../etc/passwd'),
    Buffer.from('PK\u0005\u0006'),
    Buffer.alloc(18),
  ]);
  for (const bytes of [
    Buffer.from([0x80, 4, 0x95]),
    Buffer.from('csklearn\n'),
    zip,
    Buffer.from([0x1f, 0x8b, 8]),
    Buffer.from('BZh9'),
    Buffer.alloc(0),
    Buffer.alloc(1_000_000),
  ])
    await failed(bytes);
});

const tree = () => JSON.parse(readFileSync('test/fixtures/models/xgboost-binary.json', 'utf8'));
/** Lists of the first tree of a document: where in them, and what is put there instead. */
const spoiled: [what: string, list: string, value: unknown][] = [
  ['a node that is its own child', 'left_children', 0],
  ['two ways to one node', 'left_children', 2],
  ['a child that is not there', 'left_children', 1e9],
  ['a child before the first', 'left_children', -7],
  ['a threshold that is no number', 'split_conditions', null],
  ['a feature that is not there', 'split_indices', 1e6],
];
test.each(spoiled)('H64: a tree with %s is refused', async (_, list, value) => {
  const document = tree();
  document.learner.gradient_booster.model.trees[0][list][0] = value;
  await failed(JSON.stringify(document));
});

test('H64: a tree with fewer thresholds than nodes is refused', async () => {
  const document = tree();
  document.learner.gradient_booster.model.trees[0].split_conditions.pop();
  await failed(JSON.stringify(document));
});

test('H64: a document deeper than any model, or longer than its numbers, is refused', async () => {
  await failed(`{"learner":${'['.repeat(1_000_000)}`);
  await failed(`{"learner":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`);
  await failed(readFileSync('test/fixtures/models/xgboost-binary.json').subarray(0, 2000));
});

test('H65: features of one name twice are refused; a name of the language or of markup is a name', async () => {
  const document = tree();
  document.learner.feature_names[1] = document.learner.feature_names[0];
  await failed(JSON.stringify(document));
  const named = tree();
  named.learner.feature_names[1] = '<script>alert(1)</script>';
  const { status, model } = await completed(JSON.stringify(named));
  expect(status).toBe(200);
  const names = model.schema.features.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(['__proto__', '<script>alert(1)</script>']));
});
