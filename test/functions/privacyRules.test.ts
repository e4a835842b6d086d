import { beforeAll, describe, expect, test } from 'vitest';
import { openWire, type Wire } from './support/wire.ts';

let wire: Wire;
let project_id: string;
beforeAll(async () => {
  wire = await openWire();
  ({ project_id } = await wire.ready());
});

const policies = '/api/privacy/policies';
const create = async (more: object = {}) =>
  (await wire.send('POST', policies, { body: { project_id, name: 'p', ...more } })).body.policy_id as string;
const rulesOf = async (id: string) =>
  (await wire.send('GET', `${policies}/${id}`)).body.policy.rules as Record<string, unknown>[];
const addRule = (id: string, body: object) => wire.send('POST', `${policies}/${id}/rules`, { body });
const at = (got: { status: number; body: unknown }) => [got.status, got.body];

describe('A rule', () => {
  test('is added to its policy, under both of its ids', async () => {
    const id = await create();
    const body = { pii_type: 'email', action: 'mask', config: { show_last: '4' } };
    const added = await addRule(id, body);
    const rule = { ...body, is_enabled: true, config: { show_last: 4 } };
    expect(at(added)).toEqual([
      201,
      {
        id: added.body.id,
        rule_id: added.body.id,
        rule: { id: added.body.id, rule_id: added.body.id, ...rule },
      },
    ]);
    expect(await rulesOf(id)).toEqual([added.body.rule]);
  });

  test('is the only one of its type', async () => {
    const id = await create();
    const body = { pii_type: 'email', action: 'redact' };
    const taken = [409, { detail: 'Rule exists' }];
    expect((await addRule(id, body)).status).toBe(201);
    expect(at(await addRule(id, { ...body, action: 'hash' }))).toEqual(taken);
    const { rule_id } = (await addRule(id, { ...body, pii_type: 'url' })).body;
    const moved = await wire.send('PATCH', `${policies}/${id}/rules/${rule_id}`, {
      body: { pii_type: 'email' },
    });
    expect(at(moved)).toEqual(taken);
  });

  test('changes by what is given alone; another action forgets the config of the one before', async () => {
    const id = await create();
    const { rule_id } = (await addRule(id, { pii_type: 'email', action: 'mask', config: { show_last: 2 } }))
      .body;
    const patch = async (body: object) =>
      (await wire.send('PATCH', `${policies}/${id}/rules/${rule_id}`, { body })).body.rule;
    expect(await patch({ is_enabled: false })).toMatchObject({ action: 'mask', config: { show_last: 2 } });
    expect(await patch({ action: 'redact' })).toMatchObject({ is_enabled: false, config: {} });
    expect(await patch({ action: 'replace', config: { value: 'x' } })).toMatchObject({
      config: { value: 'x' },
    });
    expect(await patch({ pii_type: 'url' })).toMatchObject({ pii_type: 'url', action: 'replace' });
  });

  test('is taken out, once', async () => {
    const id = await create({ profile: 'pci_dss' });
    const [first, second] = await rulesOf(id);
    const remove = () => wire.send('DELETE', `${policies}/${id}/rules/${first?.id}`);
    expect(at(await remove())).toEqual([200, { ok: true }]);
    expect(at(await remove())).toEqual([404, { detail: 'Privacy rule not found' }]);
    expect(await rulesOf(id)).toEqual([second]);
  });

  test.each([
    [{ action: 'redact', config: { show_last: 4 } }, 'redact does not take show_last'],
    [{ action: 'replace' }, 'replace needs value'],
    [{ action: 'mask', config: { to: 'year' } }, 'mask does not take to'],
    [{ action: 'generalize', config: { to: 'year', prefix: 3 } }, 'Only one way to generalize can be given'],
  ])('of a config that its action does not take is refused: %j', async (more, why) => {
    const id = await create();
    const item = {
      type: 'value_error',
      loc: ['body', 'config'],
      msg: `Value error, ${why}`,
      ctx: { error: {} },
    };
    expect(at(await addRule(id, { pii_type: 'email', ...more }))).toEqual([422, { detail: [item] }]);
    const { rule_id } = (await addRule(id, { pii_type: 'email', action: 'keep' })).body;
    const changed = await wire.send('PATCH', `${policies}/${id}/rules/${rule_id}`, { body: more });
    expect(at(changed)).toEqual([422, { detail: [item] }]);
  });
});

test.each([
  ['POST', '', { project_id: 'x', name: 'p' }, 'project_id', 'uuid_parsing'],
  ['POST', '', { name: 'p' }, 'project_id', 'missing'],
  ['POST', '', { name: '' }, 'name', 'string_too_short'],
  ['POST', '', { profile: 'soc2' }, 'profile', 'literal_error'],
  ['POST', '', { status: 'on' }, 'status', 'literal_error'],
  ['POST', '', { settings: [] }, 'settings', 'model_attributes_type'],
  ['POST', '', { settings: { threshold: 1.1 } }, 'settings.threshold', 'less_than_equal'],
  ['POST', '', { settings: { column_map: { a: 'fish' } } }, 'settings.column_map.a', 'literal_error'],
  ['PATCH', '/$id', { name: null }, 'name', 'string_type'],
  ['POST', '/$id/rules', { action: 'redact' }, 'pii_type', 'missing'],
  ['POST', '/$id/rules', { pii_type: 'email', action: 'shred' }, 'action', 'literal_error'],
  ['POST', '/$id/rules', { pii_type: 'fish', action: 'redact' }, 'pii_type', 'literal_error'],
  [
    'POST',
    '/$id/rules',
    { pii_type: 'email', action: 'mask', config: { show_last: -1 } },
    'config.show_last',
    'greater_than_equal',
  ],
])('%s %s with %j names the field', async (method, path, body, field, type) => {
  const id = path && (await create());
  const base = path || 'project_id' in body || type === 'missing' ? {} : { project_id, name: 'p' };
  const got = await wire.send(method, `${policies}${path.replace('$id', id)}`, {
    body: { ...base, ...body },
  });
  expect(got.status).toBe(422);
  const named = got.body.detail.map((one: { loc: string[]; type: string }) => [
    one.loc.slice(1).join('.'),
    one.type,
  ]);
  expect(named).toContainEqual([field, type]);
});
