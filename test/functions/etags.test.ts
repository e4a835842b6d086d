import { beforeAll, describe, expect, test } from 'vitest';
import { openWire, type Wire } from './support/wire.ts';

let wire: Wire;
let project_id: string;
let model_id: string;
beforeAll(async () => {
  wire = await openWire();
  ({ project_id, model_id } = await wire.ready());
});
describe('ETag and If-Match', () => {
  const etag = async (path: string) => (await wire.send('GET', path)).headers.etag;
  const deactivate = (id: string, tag: string) =>
    wire.send('POST', `/api/mlops/deployments/${id}/deactivate`, { headers: { 'if-match': tag } });

  test('one object has its revision for a tag', async () => {
    const id = await wire.deploy(project_id, model_id);
    expect(await etag(`/api/mlops/deployments/${id}`)).toBe('"2"');
    expect(await etag(`/api/models/${model_id}`)).toBe('"2"');
    expect(await etag(`/api/projects/${project_id}`)).toMatch(/^"\d+"$/);
    const moved = await deactivate(id, '"2"');
    expect(await etag(`/api/mlops/deployments/${id}`)).toBe('"3"');
    expect(await etag(`/api/jobs/${moved.headers['x-operation-id']}`)).toBe('"2"');
  });

  test('a list has none', async () => {
    expect(await etag('/api/projects')).toBeUndefined();
    expect(await etag(`/api/mlops/projects/${project_id}/deployments`)).toBeUndefined();
  });

  test.each(['"1"', '"99"', 'W/"2"', '2', '""', '"x"', '"2", "3"', 'null'])(
    '%s does not match: the object has changed',
    async (tag) => {
      const id = await wire.deploy(project_id, model_id);
      const { status, body } = await deactivate(id, tag);
      expect([status, body]).toEqual([412, { detail: 'The object has changed' }]);
      expect(await etag(`/api/mlops/deployments/${id}`)).toBe('"2"');
    },
  );

  test.each(['"2"', ' "2" ', '*'])('%s matches', async (tag) => {
    expect((await deactivate(await wire.deploy(project_id, model_id), tag)).status).toBe(200);
  });

  test('promote, rollback and complete heed it as well', async () => {
    const id = await wire.deploy(project_id, model_id);
    const to = (what: string, body: object) =>
      wire.send('POST', `/api/mlops/deployments/${id}/${what}`, { headers: { 'if-match': '"9"' }, body });
    expect((await to('promote', { to_stage: 'production' })).status).toBe(412);
    expect((await to('rollback', { to_model_id: model_id })).status).toBe(412);
    expect(
      (await wire.send('POST', `/api/models/${model_id}/complete`, { headers: { 'if-match': '"9"' } }))
        .status,
    ).toBe(412);
    expect(
      (await wire.send('POST', `/api/models/${model_id}/complete`, { headers: { 'if-match': '"2"' } }))
        .status,
    ).toBe(200);
  });
});

test('a change of what runs names the job that tells how it ended', async () => {
  const id = await wire.deploy(project_id, model_id, { name: 'jobs' });
  const answers = [
    await wire.send('POST', `/api/mlops/deployments/${id}/promote`, { body: { to_stage: 'production' } }),
    await wire.send('POST', `/api/mlops/deployments/${id}/deactivate`),
    await wire.send('POST', `/api/mlops/deployments/${id}/promote`, { body: { to_stage: 'production' } }),
    await wire.send('POST', `/api/mlops/deployments/${id}/rollback`, { body: { to_deployment_id: id } }),
  ];
  const jobs = await Promise.all(
    answers.map(({ headers }) => wire.send('GET', `/api/jobs/${headers['x-operation-id']}`)),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 409, 200]);
  expect(jobs.map(({ body }) => [body.job.type, body.job.status, body.job.error])).toEqual([
    ['promote', 'succeeded', null],
    ['deactivate', 'succeeded', null],
    ['promote', 'failed', 'Deployment is archived, use rollback'],
    ['rollback', 'succeeded', null],
  ]);
});
