import { beforeAll, describe, expect, test } from 'vitest';
import { is, item, spelled } from './faultItems.ts';
import { openWire, type Wire } from './support/wire.ts';

let wire: Wire;
let path: string;
let column: string;
beforeAll(async () => {
  wire = await openWire();
  const { project_id, model_id } = await wire.ready();
  const deployment = await wire.deploy(project_id, model_id);
  path = `/api/mlops/deployments/${deployment}/predict`;
  const { body } = await wire.send('GET', `/api/models/${model_id}`);
  column = body.model.schema.features[0].name;
});

type Words = Parameters<typeof item>[0];
type Row = [body: unknown, loc: (string | number)[], words: Words];
const ask = (body: unknown) => wire.send('POST', path, { body });
const notValue: Words = {
  type: 'value_type',
  msg: 'Input should be a number, a string, a boolean or null',
  ctx: undefined,
};

const inputs: Row[] = [
  [{}, ['inputs'], is.missing],
  [{ inputs: null }, ['inputs'], is.dict],
  [{ inputs: 'x' }, ['inputs'], is.dict],
  [{ inputs: 5 }, ['inputs'], is.dict],
  [{ inputs: [] }, ['inputs'], is.fewItems(1, 0)],
  [{ inputs: Array(1001).fill({}) }, ['inputs'], is.manyItems(1000, 1001)],
  [{ inputs: [[1, 2]] }, ['inputs', 0], is.dict],
  [{ inputs: [{}, null] }, ['inputs', 1], is.dict],
  [{ inputs: { a: [] } }, ['inputs', 'a'], notValue],
  [{ inputs: [{}, { a: {} }] }, ['inputs', 1, 'a'], notValue],
  [{ inputs: { a: 'x'.repeat(4097) } }, ['inputs', 'a'], is.tooLong(4096)],
  [{ inputs: { a: '😀'.repeat(4097) } }, ['inputs', 'a'], is.tooLong(4096)],
  [{ inputs: { ['c'.repeat(500)]: [] } }, ['inputs', `${'c'.repeat(128)}…`], notValue],
];
const options: Row[] = [
  [{ options: null }, ['options'], is.model],
  [{ options: 5 }, ['options'], is.model],
  [{ options: [] }, ['options'], is.model],
  ...[
    'include_contributions',
    'include_probabilities',
    'store_payload',
    'anonymize_logs',
    'anonymize_response',
  ].flatMap((field): Row[] => [
    [{ options: { [field]: null } }, ['options', field], is.boolType],
    [{ options: { [field]: [] } }, ['options', field], is.boolType],
    [{ options: { [field]: 'maybe' } }, ['options', field], is.bool],
    [{ options: { [field]: 2 } }, ['options', field], is.bool],
  ]),
  [{ options: { privacy_policy_id: null } }, ['options', 'privacy_policy_id'], is.uuidType],
  [{ options: { privacy_policy_id: 5 } }, ['options', 'privacy_policy_id'], is.uuidType],
  [{ options: { privacy_policy_id: 'x' } }, ['options', 'privacy_policy_id'], is.uuid],
].map(([body, loc, words]) => [{ inputs: {}, ...(body as object) }, loc, words] as Row);

describe('a wrong field of a prediction is named, and no value is repeated', () => {
  test.each([...inputs, ...options].map((row) => [JSON.stringify(row[0]).slice(0, 60), ...row] as const))(
    '%s',
    async (_, body, loc, words) => {
      const got = await ask(body);
      expect(spelled(got.body)).toBe(spelled({ detail: [item(words, ['body', ...loc])] }));
      expect(got.status).toBe(422);
    },
  );

  test('a number that is none is one fault, in a list and alone', async () => {
    const raw = (inputs: string) => wire.send('POST', path, { raw: `{"inputs":${inputs}}` });
    expect((await raw('{"a":1e400}')).body.detail).toEqual([item(is.finite, ['body', 'inputs', 'a'])]);
    expect((await raw('[{"a":1},{"a":-1e400}]')).body.detail).toEqual([
      item(is.finite, ['body', 'inputs', 1, 'a']),
    ]);
  });

  test('what the model cannot read is named by record and column', async () => {
    const words = is.float;
    const alone = await ask({ inputs: { [column]: 'abc' } });
    expect([alone.status, alone.body]).toEqual([422, { detail: [item(words, ['body', 'inputs', column])] }]);
    const listed = await ask({ inputs: [{}, { [column]: 'abc' }] });
    expect(listed.body).toEqual({ detail: [item(words, ['body', 'inputs', 1, column])] });
  });

  test('no more than twenty faults are told of however many records', async () => {
    const { body } = await ask({ inputs: Array(1000).fill({ a: [], b: [] }) });
    expect(body.detail).toHaveLength(20);
  });

  test('a path that names nothing has its fault without its value too', async () => {
    const { status, body } = await wire.send('POST', '/api/mlops/deployments/secret/predict', {
      body: { inputs: {} },
    });
    expect([status, body]).toEqual([422, { detail: [item(is.uuid, ['path', 'deployment_id'])] }]);
  });
});

describe('what a prediction takes', () => {
  test.each([
    [{ include_contributions: 'yes' }, 'contributions'],
    [{ include_contributions: 1 }, 'contributions'],
    [{ store_payload: 'off' }, 'predictions'],
    [{ anonymize_response: '0' }, 'predictions'],
    [{ unknown: 5 }, 'predictions'],
  ])('options %j', async (given, key) => {
    const { status, body } = await ask({ inputs: { [column]: 1 }, options: given });
    expect(status).toBe(200);
    expect(body).toHaveProperty(key);
  });

  test.each([
    [{ a: null, [String('b')]: true, c: 'x', d: 1.5 }],
    [{}],
    [[{}]],
    [Array(1000).fill({})],
    [{ s: 'x'.repeat(4096) }],
    [{ s: '😀'.repeat(4096) }],
  ])('a record or up to a thousand', async (inputs) => {
    const { status, body } = await ask({ inputs });
    expect(status).toBe(200);
    expect(body.predictions).toHaveLength(Array.isArray(inputs) ? inputs.length : 1);
    expect(body.log_ids).toHaveLength(body.predictions.length);
    expect(Object.keys(body)).toEqual(['predictions', 'latency_ms', 'log_ids']);
    expect(body.latency_ms).toBeGreaterThanOrEqual(0);
    expect(String(body.latency_ms)).toMatch(/^\d+(?:\.\d{1,3})?$/);
  });

  test('contributions are there only when asked for: every feature, then the bias', async () => {
    const { body } = await ask({ inputs: [{}, {}], options: { include_contributions: true } });
    expect(body.contributions).toHaveLength(2);
    expect(body.contributions[0].at(-1)).toEqual({ feature: 'BiasTerm', value: expect.any(Number) });
  });

  test('probabilities are there only when asked for, and sum to one', async () => {
    const { body } = await ask({ inputs: {}, options: { include_probabilities: true } });
    const { probabilities } = body.predictions[0];
    expect(Object.values(probabilities as Record<string, number>).reduce((a, b) => a + b)).toBeCloseTo(1, 10);
  });
});

describe('predict refuses', () => {
  test('a deployment that is not active', async () => {
    const { project_id, model_id } = await wire.ready();
    const id = await wire.deploy(project_id, model_id);
    await wire.send('POST', `/api/mlops/deployments/${id}/deactivate`);
    const { status, body } = await wire.send('POST', `/api/mlops/deployments/${id}/predict`, {
      body: { inputs: {} },
    });
    expect([status, body]).toEqual([409, { detail: 'Deployment is not active' }]);
  });

  test('contributions of a multiclass model, in one sentence', async () => {
    const { project_id, model_id } = await wire.ready('xgboost-multiclass.json');
    const id = await wire.deploy(project_id, model_id);
    const { status, body } = await wire.send('POST', `/api/mlops/deployments/${id}/predict`, {
      body: { inputs: {}, options: { include_contributions: true } },
    });
    expect([status, body]).toEqual([
      422,
      { detail: 'Contributions are not available for multiclass models' },
    ]);
  });

  test('a weaker privacy than the deployment has, without the scope for it', async () => {
    const { project_id, model_id } = await wire.ready();
    const id = await wire.deploy(project_id, model_id, { privacy_anonymize_logs: true });
    const key = await wire.keyWith();
    const body = { inputs: {}, options: { anonymize_logs: false } };
    const weaker = await wire.send('POST', `/api/mlops/deployments/${id}/predict`, { body, key });
    expect([weaker.status, weaker.body]).toEqual([403, { detail: 'Missing scope: privacy:override' }]);
    expect((await wire.send('POST', `/api/mlops/deployments/${id}/predict`, { body })).status).toBe(200);
  });
});
