import { beforeAll, describe, expect, test } from 'vitest';
import { is, item, spelled } from './faultItems.ts';
import { noId, openWire, type Sent, type Wire } from './support/wire.ts';

let wire: Wire;
let project_id: string;
let model_id: string;
beforeAll(async () => {
  wire = await openWire();
  ({ project_id, model_id } = await wire.ready());
});

const act = (id: string, what: string, sent: Sent = {}) =>
  wire.send('POST', `/api/mlops/deployments/${id}/${what}`, sent);
const deployed = (more = {}) => wire.deploy(project_id, model_id, more);

const inLife = (life: string) => wire.deployedIn(life, project_id, model_id);

describe('rollback', () => {
  test('with neither target is refused', async () => {
    const got = await act(await deployed(), 'rollback', { body: {} });
    const fault = item(is.value('Provide to_deployment_id or to_model_id'), ['body'], {});
    expect([got.status, spelled(got.body)]).toEqual([422, spelled({ detail: [fault] })]);
  });

  test.each(['to_deployment_id', 'to_model_id'])('a %s that is no id is refused', async (field) => {
    const id = await deployed();
    for (const [value, words] of [
      ['x', is.uuid],
      [null, is.uuidType],
      [5, is.uuidType],
    ] as const) {
      const { body } = await act(id, 'rollback', { body: { [field]: value } });
      expect(spelled(body)).toBe(spelled({ detail: [item(words, ['body', field], value)] }));
    }
  });

  test.each(['active', 'failed', 'pending', 'stopped'])('to a %s deployment is a conflict', async (life) => {
    const got = await act(await deployed(), 'rollback', { body: { to_deployment_id: await inLife(life) } });
    expect([got.status, got.body]).toEqual([409, { detail: 'Target deployment is not archived' }]);
  });

  test('to what is live already changes nothing', async () => {
    const id = await deployed({ stage: 'production' });
    const before = wire.kept();
    const got = await act(id, 'rollback', { body: { to_deployment_id: id } });
    expect([got.status, got.body]).toEqual([
      200,
      { ok: true, deployment_id: id, stage: 'production', archived_deployment_id: null },
    ]);
    expect(wire.kept()).toBe(before);
  });

  test('to what is of another project is not found, be it a deployment or a model', async () => {
    const other = await wire.ready();
    const foreign = await wire.deploy(other.project_id, other.model_id);
    await act(foreign, 'deactivate');
    const id = await deployed();
    for (const [body, detail] of [
      [{ to_deployment_id: foreign }, 'Deployment not found'],
      [{ to_deployment_id: noId }, 'Deployment not found'],
      [{ to_model_id: other.model_id }, 'Model not found'],
      [{ to_model_id: noId }, 'Model not found'],
    ] as const) {
      const got = await act(id, 'rollback', { body });
      expect([got.status, got.body]).toEqual([404, { detail }]);
    }
  });

  test('to a model that is not ready is a conflict', async () => {
    const registered = await wire.send('POST', '/api/models', { body: { project_id, name: 'unready' } });
    const got = await act(await deployed(), 'rollback', { body: { to_model_id: registered.body.id } });
    expect([got.status, got.body]).toEqual([409, { detail: 'Model is not ready' }]);
  });

  test('with both targets goes to the deployment', async () => {
    const [first, second] = [
      await deployed({ stage: 'production' }),
      await deployed({ stage: 'production' }),
    ];
    const got = await act(second, 'rollback', { body: { to_deployment_id: first, to_model_id: noId } });
    expect(got.body).toEqual({
      ok: true,
      deployment_id: first,
      stage: 'production',
      archived_deployment_id: second,
    });
  });

  test('to a model makes a new deployment, named and configured like the one of the path', async () => {
    const id = await deployed({ name: 'like', traffic_percent: 7, stage: 'production' });
    const { status, body } = await act(id, 'rollback', { body: { to_model_id: model_id } });
    expect([status, body.archived_deployment_id]).toEqual([200, id]);
    const made = await wire.send('GET', `/api/mlops/deployments/${body.deployment_id}`);
    expect(made.body.deployment).toMatchObject({
      stage: 'production',
      config: { name: 'like', traffic_percent: 7 },
      model_id,
    });
  });
});
