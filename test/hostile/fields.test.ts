import { afterAll, beforeAll, expect, test } from 'vitest';
import { create, faultsOf, type Hostile, mark, noId, openHostile } from './support/refused.ts';

let wire: Hostile;
let project_id: string;
let model_id: string;
let good: Record<string, unknown>;
beforeAll(async () => {
  wire = await openHostile();
  ({ project_id, model_id } = await wire.ready());
  good = { model_id, name: 'd', stage: 'staging' };
});
afterAll(() => wire.silent());

const refused = (more: object) =>
  wire.refused(422, 'POST', `/api/mlops/projects/${project_id}/deployments`, { body: { ...good, ...more } });
const act = (id: string, what: string, body: unknown) =>
  wire.send('POST', `/api/mlops/deployments/${id}/${what}`, { body });

test('H23: a rollback goes to nothing of another project, to nothing in staging, and to nothing that failed', async () => {
  const other = await wire.ready();
  const foreign = await wire.deploy(other.project_id, other.model_id);
  const [live, staging] = [
    await wire.deploy(project_id, model_id, { stage: 'production' }),
    await wire.deploy(project_id, model_id),
  ];
  const path = `/api/mlops/deployments/${live}/rollback`;
  const to = (id: string) => ({ body: { to_deployment_id: id } });
  expect((await wire.refused(404, 'POST', path, to(foreign))).body).toEqual({
    detail: 'Deployment not found',
  });
  expect((await wire.refused(409, 'POST', path, to(staging))).body).toEqual({
    detail: 'Target deployment is not archived',
  });
  const before = wire.kept();
  expect((await act(live, 'rollback', { to_deployment_id: live })).status).toBe(200);
  expect(wire.kept()).toBe(before);
});

test('H24: of two targets the deployment wins, and none is a fault', async () => {
  const [first, second] = [
    await wire.deploy(project_id, model_id, { stage: 'production' }),
    await wire.deploy(project_id, model_id, { stage: 'production' }),
  ];
  expect(
    (await act(second, 'rollback', { to_deployment_id: first, to_model_id: model_id })).body.deployment_id,
  ).toBe(first);
  expect(
    faultsOf(
      await wire.refused(422, 'POST', `/api/mlops/deployments/${second}/rollback`, { body: { to: mark } }),
    ),
  ).toEqual(['value_error body']);
});

test('H25: a promotion goes to production, so spelled, and nowhere else', async () => {
  const id = await wire.deploy(project_id, model_id);
  for (const to_stage of [
    'staging',
    'PRODUCTION',
    ' production',
    ['production'],
    { production: 1 },
    true,
    null,
    mark,
  ])
    expect(
      faultsOf(
        await wire.refused(422, 'POST', `/api/mlops/deployments/${id}/promote`, { body: { to_stage } }),
      ),
    ).toEqual(['literal_error body.to_stage']);
  expect(
    faultsOf(
      await wire.refused(422, 'POST', `/api/mlops/deployments/${id}/promote`, {
        body: { stage: 'production' },
      }),
    ),
  ).toEqual(['missing body.to_stage']);
});

test('H26: fields that are not the caller’s are dropped and never applied', async () => {
  const more = {
    is_active: false,
    entity_version: 9,
    project_id: noId,
    status: 'failed',
    life: 'archived',
    rev: 99,
    id: noId,
    created_by: mark,
    artifact_sha256: mark,
    op_id: noId,
  };
  const { status, body } = await create(wire, project_id, { ...good, ...more });
  expect([status, body.status, body.is_active]).toEqual([201, 'active', true]);
  const shown = (await wire.send('GET', `/api/mlops/deployments/${body.id}`)).body.deployment;
  expect(shown).toMatchObject({ project_id, is_active: true, config: { name: 'd', traffic_percent: 100 } });
  expect(JSON.stringify(wire.table.items('control'))).not.toContain(mark);
  const promoted = await act(body.id, 'promote', {
    to_stage: 'production',
    project_id: noId,
    archived_deployment_id: noId,
  });
  expect(promoted.body.deployment_id).toBe(body.id);
});

test('H37: a share of traffic is a whole number from 1 to 100, or a text of one', async () => {
  for (const traffic_percent of [0, 101, -1, 50.5, null, [], {}, '50.5', '', mark, 1e21, '1e2'])
    await refused({ traffic_percent });
  for (const traffic_percent of ['50', 1e2, ' 50 ', '50.0'])
    expect((await create(wire, project_id, { ...good, traffic_percent })).status).toBe(201);
});

test('H38: a threshold is a number from 0 to 1, or a text of one', async () => {
  for (const privacy_threshold of [1.0000001, -0.1, null, [], mark, 'NaN', 'Infinity', '1e400'])
    await refused({ privacy_threshold });
  for (const privacy_threshold of ['0.5', 0, 1, '1e-3'])
    expect((await create(wire, project_id, { ...good, privacy_threshold })).status).toBe(201);
});

test('H43, H44: bounds of lists are whole numbers in their range; of two the last counts', async () => {
  const path = `/api/mlops/projects/${project_id}/deployments`;
  for (const limit of [
    '0',
    '-1',
    '201',
    '5e2',
    '0x10',
    '%D9%A5',
    '1e9',
    '1000000000',
    mark,
    '',
    '1;2',
    'NaN',
    '%00',
  ])
    expect(faultsOf(await wire.refused(422, 'GET', `${path}?limit=${limit}`))[0]).toMatch(/ query\.limit$/);
  for (const offset of ['-1', '9007199254740992', '1000000000000000000', 'NaN', '10001', mark])
    expect(faultsOf(await wire.refused(422, 'GET', `${path}?offset=${offset}`))[0]).toMatch(
      / query\.offset$/,
    );
  expect((await wire.send('GET', `${path}?limit=${mark}&limit=7`)).body.limit).toBe(7);
  expect((await wire.send('GET', path)).body.limit).toBe(50);
  expect((await wire.send('GET', `${path}?offset=10000`)).body.items).toEqual([]);
  const id = await wire.deploy(project_id, model_id);
  const logs = `/api/mlops/deployments/${id}/inference-logs`;
  expect((await wire.send('GET', `${logs}?offset=9007199254740991`)).body.items).toEqual([]);
  await wire.refused(422, 'GET', `${logs}?offset=9007199254740992`);
});

test('H45: times are days that there are, with a zone, in their order', async () => {
  const logs = `/api/mlops/deployments/${await wire.deploy(project_id, model_id)}/inference-logs`;
  for (const time of [
    '2026-02-30T00:00:00Z',
    '1',
    'Sat',
    '%2B275760-09-13T00:00:00Z',
    '2026-01-01T00:00:00',
    '2026-01-01',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:60Z',
    `2026-01-01T00:00:00Z${mark}`,
    '-000001-01-01T00:00:00Z',
    '2026-01-01T00:00:00%20+01:00',
  ])
    for (const name of ['since', 'until']) await wire.refused(422, 'GET', `${logs}?${name}=${time}`);
  await wire.refused(422, 'GET', `${logs}?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z`);
});
