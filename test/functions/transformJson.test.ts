import { beforeAll, expect, test } from 'vitest';
import { ask, envelope, refusal, ridOf } from './support/live.ts';
import { openWire, type Wire } from './support/wire.ts';

let wire: Wire;
let id: string;
let rid: string;
let columns: string[];
beforeAll(async () => {
  wire = await openWire();
  const { project_id, model_id } = await wire.ready();
  const { body } = await wire.send('GET', `/api/models/${model_id}`);
  columns = body.model.schema.features.map(({ name }: { name: string }) => name);
  id = await wire.deploy(project_id, model_id);
  rid = ridOf(id);
});

const transform = (input: unknown) => ask(wire, 'transform', { rid, body: { input } });
const row = (value: unknown) => Object.fromEntries(columns.map((name) => [name, value]));
const predicted = async (inputs: unknown) =>
  (await wire.send('POST', `/api/mlops/deployments/${id}/predict`, { body: { inputs } })).body.predictions;
const logged = () => wire.table.items('logs').length;

test('a table comes back as a table, in order, and says what predict says', async () => {
  const rows = [row(0.1), row(2), row(-3)];
  const { status, body } = await transform({ input_df: rows });
  expect(status).toBe(200);
  expect(Object.keys(body.output)).toEqual(['output_df']);
  expect(body.output.output_df).toMatchObject(await predicted(rows));
  expect(body.output.output_df[0].probabilities).toBeTypeOf('object');
});

test('anything else is one record', async () => {
  const { body } = await transform(row(1));
  const [wanted] = await predicted(row(1));
  expect(body.output).toMatchObject(wanted);
});

test('it is logged like a prediction, refused or not', async () => {
  const before = logged();
  await transform({ input_df: [row(1), row(2)] });
  expect(logged()).toBe(before + 1);
  await transform({ input_df: [row('not a number')] });
  expect(logged()).toBe(before + 2);
  const logs = await wire.send('GET', `/api/mlops/deployments/${id}/inference-logs?limit=3`);
  const codes: number[] = logs.body.items.map((log: { status_code: number }) => log.status_code);
  // Both requests may fall into one millisecond, which has no order.
  expect(codes.toSorted()).toEqual([200, 200, 400]);
});

test.each<[string, () => unknown, string]>([
  ['text that is no number', () => ({ input_df: [row('x')] }), 'typeMismatch'],
  ['a list in a record', () => row([1]), 'unsupportedType'],
  ['an object in a record', () => row({}), 'unsupportedType'],
  ['an empty table', () => ({ input_df: [] }), 'invalidTabularFormat'],
  ['a table of objects and others', () => ({ input_df: [row(1), 3] }), 'invalidTabularFormat'],
  ['too many rows', () => ({ input_df: Array.from({ length: 1001 }, () => ({})) }), 'invalidTabularFormat'],
])('%s is refused as what it is', async (_, input, errorType) => {
  expect(refusal(await transform(input()))).toEqual(
    envelope(400, 'INVALID_ARGUMENT', 'InferenceInvalidInput', { liveDeploymentRid: rid, errorType }),
  );
});

test('no value of a record is told or printed', async () => {
  const { body } = await transform({ input_df: [row('a secret of somebody')] });
  expect(JSON.stringify(body) + wire.printed.join('')).not.toContain('a secret of somebody');
});

test.each(['pending', 'deploying', 'failed', 'stopped', 'archived'])(
  'what is %s answers nothing',
  async (life) => {
    const { project_id, model_id } = await wire.ready();
    const rid = ridOf(await wire.deployedIn(life, project_id, model_id));
    const got = await ask(wire, 'transform', { rid, body: { input: row(1) } });
    const parameters = { liveDeploymentRid: rid, errorMessage: 'Deployment is not active' };
    expect(refusal(got)).toEqual(envelope(400, 'INVALID_ARGUMENT', 'InferenceFailure', parameters));
  },
);

test('what a body says wrongly comes before what is out of service', async () => {
  const { project_id, model_id } = await wire.ready();
  const stopped = ridOf(await wire.deployedIn('stopped', project_id, model_id));
  const got = await ask(wire, 'transform', { rid: stopped, raw: '{"input":3}' });
  expect(got.body.errorName).toBe('Conjure:UnprocessableEntity');
});
