import { beforeAll, describe, expect, test } from 'vitest';
import { PiiType } from '../../domain/privacy/types.ts';
import { openWire, type Wire } from './support/wire.ts';

let wire: Wire;
let project_id: string;
let model_id: string;
beforeAll(async () => {
  wire = await openWire();
  ({ project_id, model_id } = await wire.ready());
});

const policies = '/api/privacy/policies';
const create = async (more: object = {}) =>
  (await wire.send('POST', policies, { body: { project_id, name: 'p', ...more } })).body.policy_id as string;
const rulesOf = async (id: string) =>
  (await wire.send('GET', `${policies}/${id}`)).body.policy.rules as Record<string, unknown>[];
const at = (got: { status: number; body: unknown }) => [got.status, got.body];

describe('A policy', () => {
  test('is answered whole, under both of its ids; what was not said has its default', async () => {
    const { status, body } = await wire.send('POST', policies, { body: { project_id, name: 'plain' } });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: body.policy_id,
      policy_id: body.policy_id,
      policy: {
        ...{ id: body.id, policy_id: body.id, project_id, name: 'plain', description: null },
        ...{ profile: 'custom', status: 'draft', settings: {}, rules: [] },
        ...{ created_at: expect.any(String), updated_at: body.policy.created_at },
      },
    });
    const read = await wire.send('GET', `${policies}/${body.id}`);
    expect([read.status, read.body, read.headers.etag]).toEqual([200, { policy: body.policy }, '"1"']);
  });

  test('keeps its settings, read as the published API reads them, and no others', async () => {
    const settings = { anonymize_logs: 'yes', anonymize_response: 0, threshold: '0.5', bogus: 1 };
    const id = await create({ settings: { ...settings, column_map: { mail: 'email', city: 'none' } } });
    const { policy } = (await wire.send('GET', `${policies}/${id}`)).body;
    expect(policy.settings).toEqual({
      ...{ anonymize_logs: true, anonymize_response: false, threshold: 0.5 },
      column_map: { mail: 'email', city: 'none' },
    });
  });

  test.each([
    ['custom', []],
    ['pci_dss', ['credit_card', 'iban'].map((type) => [type, 'mask', { show_last: 4 }])],
    ['gdpr', PiiType.options.map((type) => [type, 'pseudonymize', {}])],
    ['ccpa', PiiType.options.map((type) => [type, 'hash', {}])],
    [
      'hipaa',
      PiiType.options.map((type) => {
        if (type === 'date_of_birth') return [type, 'generalize', { to: 'year' }];
        return type === 'postal_code' ? [type, 'generalize', { prefix: 3 }] : [type, 'redact', {}];
      }),
    ],
  ])('of profile %s begins with its rules', async (profile, rules) => {
    const found = await rulesOf(await create({ profile }));
    expect(found.map(({ pii_type, action, config }) => [pii_type, action, config])).toEqual(rules);
    expect(found.every(({ is_enabled, id, rule_id }) => is_enabled && id === rule_id)).toBe(true);
  });

  test('is listed with the others of its project, newest first, without rules', async () => {
    const other = await wire.ready();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) ids.unshift(await create({ project_id: other.project_id, name }));
    const list = (query: string) => wire.send('GET', `${policies}?${query}`);
    const { body } = await list(`project_id=${other.project_id}`);
    expect(body).toEqual({ items: expect.any(Array), total: 3, limit: 50, offset: 0 });
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(body.items[0].rules).toBeUndefined();
    const page = (await list(`project_id=${other.project_id}&limit=1&offset=1`)).body;
    expect([page.items.map(({ id }: { id: string }) => id), page.total]).toEqual([[ids[1]], 3]);
    const everywhere = (await list('limit=500')).body.items.map(({ id }: { id: string }) => id);
    expect(everywhere).toEqual(expect.arrayContaining(ids));
    expect(everywhere).toEqual(everywhere.toSorted().reverse());
  });

  test('changes by what is given alone', async () => {
    const id = await create({ description: 'd', settings: { threshold: 0.9 } });
    const changed = await wire.send('PATCH', `${policies}/${id}`, { body: { status: 'active' } });
    expect(changed.body.policy).toMatchObject({
      description: 'd',
      status: 'active',
      settings: { threshold: 0.9 },
    });
    const settings = { anonymize_logs: false };
    const again = await wire.send('PATCH', `${policies}/${id}`, { body: { settings, description: null } });
    expect(again.body.policy).toMatchObject({ description: null, name: 'p', status: 'active', settings });
    expect((await wire.send('GET', `${policies}/${id}`)).headers.etag).toBe('"3"');
  });

  test('of another profile has the rules of that one; of the same or of custom it keeps its own', async () => {
    const id = await create({ profile: 'pci_dss' });
    const own = await rulesOf(id);
    for (const profile of ['pci_dss', 'custom']) {
      await wire.send('PATCH', `${policies}/${id}`, { body: { profile } });
      expect(await rulesOf(id)).toEqual(own);
    }
    await wire.send('PATCH', `${policies}/${id}`, { body: { profile: 'ccpa' } });
    expect((await rulesOf(id)).map(({ action }) => action)).toEqual(PiiType.options.map(() => 'hash'));
  });

  test('is gone once it is deleted, with its place', async () => {
    const id = await create();
    expect(at(await wire.send('DELETE', `${policies}/${id}`))).toEqual([200, { ok: true }]);
    for (const method of ['GET', 'DELETE'])
      expect(at(await wire.send(method, `${policies}/${id}`))).toEqual([
        404,
        { detail: 'Privacy policy not found' },
      ]);
    expect(wire.kept()).not.toContain(`POL#${id}`);
  });

  test('stays while a deployment that is not archived uses it', async () => {
    const id = await create();
    const dep = await wire.deploy(project_id, model_id, { privacy_policy_id: id });
    const refused = [409, { detail: 'Privacy policy is in use' }];
    expect(at(await wire.send('DELETE', `${policies}/${id}`))).toEqual(refused);
    await wire.send('POST', `/api/mlops/deployments/${dep}/deactivate`);
    expect((await wire.send('DELETE', `${policies}/${id}`)).status).toBe(200);
  });

  test('gives its project a key when it is the first there, and the next ones leave it as it is', async () => {
    const commands: string[] = [];
    const { around } = wire.hooks;
    wire.hooks.around = async (call, run) => {
      if (call.service === 'secretsmanager') commands.push(call.command);
      return around(call, run);
    };
    await wire.ready();
    expect(commands).toEqual([]);
    const other = (await wire.ready()).project_id;
    await create({ project_id: other });
    await create({ project_id: other });
    expect(commands).toEqual(['CreateSecret', 'CreateSecret']);
    wire.hooks.around = around;
  });
});
