import { beforeAll, expect, test, vi } from 'vitest';
import { createWorld, type World, withModel } from '../../support/world.ts';

let world: World;
let project_id: string;
let model_id: string;
let asked: { service: string; command: string }[] = [];
beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  world = await createWorld();
  world.hooks.around = (call, run) => {
    asked.push(call);
    return run();
  };
  ({ project_id, model_id } = await withModel(world));
});

const deploy = async (stage: string) => {
  const body = { model_id, name: 'budget', stage };
  return (await world.call('createDeployment', { params: { project_id }, body })).body.id as string;
};
const predict = (deployment_id: string) =>
  world.call('predict', { params: { deployment_id }, body: { inputs: { a: 1 } } });
const of = (service: string) =>
  asked.filter((call) => call.service === service).map(({ command }) => command);

test('a first prediction asks DynamoDB at most six times and S3 once', async () => {
  const id = await deploy('staging');
  asked = [];
  expect((await predict(id)).status).toBe(200);
  expect(of('dynamodb').length).toBeLessThanOrEqual(6);
  expect(of('dynamodb')).toEqual(['GetItem', 'GetItem', 'GetItem', 'PutItem']);
  expect(of('s3')).toEqual(['GET']);
});

test('a warm prediction writes one unit and reads nothing; a twentieth is counted', async () => {
  const id = await deploy('staging');
  await predict(id);
  world.table.resetUnits();
  for (let i = 0; i < 100; i++) expect((await predict(id)).status).toBe(200);
  const { by, total } = world.table.units;
  expect(by.get('PutItem')).toEqual({ calls: 100, read: 0, write: 100 });
  expect(total.read).toBe(0);
  expect(by.get('UpdateItem')?.calls).toBe(5);
});

test('a prediction prints one line, of at most 300 bytes', async () => {
  const id = await deploy('staging');
  const printed = vi.mocked(process.stdout.write);
  printed.mockClear();
  // As the gateway's own are.
  const headers = { 'x-request-id': 'JKJaXmPLvHcESHA=' };
  const body = { inputs: Array.from({ length: 100 }, () => ({ a: 1 })) };
  expect((await world.call('predict', { params: { deployment_id: id }, body, headers })).status).toBe(200);
  const lines = printed.mock.calls.map(([line]) => String(line));
  expect(lines.map((line) => JSON.parse(line).operationId)).toEqual(['predict']);
  expect(JSON.parse(lines.join(''))).toMatchObject({ status: 200, Requests: 1, Latency: expect.any(Number) });
  expect(Buffer.byteLength(lines.join(''))).toBeLessThanOrEqual(300);
});

test('a promotion is one transaction of at most nine items and 24 write units', async () => {
  await deploy('production');
  const id = await deploy('staging');
  const written: number[] = [];
  const { send } = world.table;
  world.table.send = (command, input) => {
    if (command === 'TransactWriteItems')
      written.push((input as { TransactItems: unknown[] }).TransactItems.length);
    return send(command, input);
  };
  world.table.resetUnits();
  const { status } = await world.call('promoteDeployment', {
    params: { deployment_id: id },
    body: { to_stage: 'production' },
    headers: { 'idempotency-key': 'budget' },
  });
  world.table.send = send;
  expect(status).toBe(200);
  expect(written).toHaveLength(2);
  expect(written[1]).toBeLessThanOrEqual(9);
  const begun = 4;
  expect((world.table.units.by.get('TransactWriteItems')?.write ?? 99) - begun).toBeLessThanOrEqual(24);
});

test('when what is served cannot be read any more, the answer is 503 and not what was true before', async () => {
  const id = await deploy('staging');
  expect((await predict(id)).status).toBe(200);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6_000 });
  const { around } = world.hooks;
  world.hooks.around = (call, run) =>
    call.command === 'GetItem' ? Promise.reject(new Error('no answer')) : around(call, run);
  const { status, headers } = await predict(id);
  world.hooks.around = around;
  expect(status).toBe(503);
  expect(headers['retry-after']).toBe('1');
  expect((await predict(id)).status).toBe(200);
  vi.useRealTimers();
});
