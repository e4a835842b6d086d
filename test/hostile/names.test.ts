import { afterAll, beforeAll, expect, test } from 'vitest';
import { create, faultsOf, type Hostile, mark, openHostile } from './support/refused.ts';

let wire: Hostile;
let project_id: string;
let good: Record<string, unknown>;
beforeAll(async () => {
  wire = await openHostile();
  const ready = await wire.ready();
  project_id = ready.project_id;
  good = { model_id: ready.model_id, name: 'd', stage: 'staging' };
});
afterAll(() => wire.silent());

const refused = (more: object) =>
  wire.refused(422, 'POST', `/api/mlops/projects/${project_id}/deployments`, { body: { ...good, ...more } });

test('H57, H58: names that would end a line, leave a path or name an address are no names, and nothing is fetched', async () => {
  for (const name of [
    'a\r\nHost: b',
    '../../keys/x',
    's3://other/x',
    'https://evil.example/x',
    'models:/name/../../x',
    'a/b',
    '\u0000',
    'a\u001b[31m',
    '\u007f',
  ])
    for (const [method, path, body] of [
      ['POST', '/api/projects', { name }],
      ['POST', '/api/models', { project_id, name }],
      ['POST', `/api/mlops/projects/${project_id}/deployments`, { ...good, name }],
    ] as const)
      expect(faultsOf(await wire.refused(422, method, path, { body }))).toEqual([
        'string_pattern_mismatch body.name',
      ]);
  for (const name of ['%2e%2e', '%252e%252e', '..', '.', 'a;rm -rf b', '"quoted"', '$(x)', '{{x}}']) {
    const made = await wire.send('POST', '/api/models', { body: { project_id, name } });
    expect([made.status, made.body.model.name]).toEqual([201, name]);
    expect(new URL(made.body.uploads.artifact.url).pathname).toBe(`/models/uploads/${made.body.id}/artifact`);
  }
});

test('H59: a name that is a path is decoded once and compared as it is; an alias has 63 characters', async () => {
  await wire.refused(422, 'PUT', '/api/models/a%2F..%2Fb/aliases/champion', { body: { version: '1' } });
  await wire.refused(404, 'PUT', '/api/models/a%252F..%252Fb/aliases/champion', { body: { version: '1' } });
  for (const alias of ['a'.repeat(10_240), '1;rm', 'a%20b', '..', '%2e%2e', 'a%00', 'a%0d%0aHost:b'])
    await wire.refused(422, 'PUT', `/api/models/nobody/aliases/${alias}`, { body: { version: '1' } });
});

test('H66: names of any letters are names, compared exactly', async () => {
  for (const name of ['../x', 'n'.repeat(256), 'a\tb', ' a', 'a ']) await refused({ name });
  for (const name of ['😀', 'a b', 'раypal', 'paypal', '-a', 'A_b', 'a_B']) {
    expect((await wire.send('POST', '/api/projects', { body: { name } })).status).toBe(201);
    expect((await create(wire, project_id, { ...good, name })).status).toBe(201);
  }
});

test('H67: what a caller writes is one line of the log, or none', async () => {
  const forged = `x"}\n{"level":"ERROR","forged":"${mark}`;
  await wire.send('GET', '/api/projects', { headers: { 'x-request-id': forged } });
  await wire.send('GET', '/api/projects', { headers: { 'x-request-id': '{"a":"\\' } });
  const lines = wire.printed.join('').split('\n').filter(Boolean);
  for (const line of lines) expect(typeof JSON.parse(line)).toBe('object');
});
