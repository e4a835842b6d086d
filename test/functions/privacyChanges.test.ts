import { beforeAll, describe, expect, test } from 'vitest';
import { DetectedType } from '../../domain/privacy/types.ts';
import { noId, openWire, type Wire } from './support/wire.ts';

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

describe('Whoever may not see a project', () => {
  test('finds none of its policies, by the words for one that does not exist', async () => {
    const id = await create({ profile: 'pci_dss' });
    const [rule] = await rulesOf(id);
    const key = await wire.keyWith({ project_ids: [(await wire.ready()).project_id] });
    const before = wire.kept();
    const asks = [
      ['GET', ''],
      ['PATCH', '', { name: 'x' }],
      ['DELETE', ''],
      ['POST', '/rules', { pii_type: 'url', action: 'keep' }],
      ['PATCH', `/rules/${rule?.id}`, { is_enabled: false }],
      ['DELETE', `/rules/${rule?.id}`],
    ] as const;
    for (const [method, path, body] of asks) {
      const foreign = await wire.send(method, `${policies}/${id}${path}`, { key, body });
      const unknown = await wire.send(method, `${policies}/${noId}${path}`, { body });
      expect(at(foreign)).toEqual([404, { detail: 'Privacy policy not found' }]);
      expect(at(unknown)).toEqual(at(foreign));
    }
    const listed = await wire.send('GET', `${policies}?project_id=${project_id}`, { key });
    expect(at(listed)).toEqual([404, { detail: 'Project not found' }]);
    const made = await wire.send('POST', policies, { key, body: { project_id, name: 'x' } });
    expect(at(made)).toEqual([404, { detail: 'Project not found' }]);
    expect(wire.kept()).toBe(before);
  });
});

describe('A change', () => {
  const rule = async (id: string) => (await rulesOf(id))[0]?.id;
  const asks: [string, (id: string) => Promise<[method: string, path: string, body?: object]>][] = [
    ['createPrivacyPolicy', async () => ['POST', '', { project_id, name: 'twice' }]],
    ['updatePrivacyPolicy', async (id) => ['PATCH', `/${id}`, { profile: 'ccpa' }]],
    ['deletePrivacyPolicy', async (id) => ['DELETE', `/${id}`]],
    ['createPrivacyRule', async (id) => ['POST', `/${id}/rules`, { pii_type: 'ssn', action: 'redact' }]],
    ['updatePrivacyRule', async (id) => ['PATCH', `/${id}/rules/${await rule(id)}`, { is_enabled: false }]],
    ['deletePrivacyRule', async (id) => ['DELETE', `/${id}/rules/${await rule(id)}`]],
  ];
  test.each(asks)('%s sent twice under one key happens once and is answered alike', async (name, asked) => {
    const [method, path, body] = await asked(await create({ profile: 'pci_dss' }));
    const sent = { headers: { 'idempotency-key': `twice ${name}` }, ...(body && { body }) };
    const first = await wire.send(method, `${policies}${path}`, sent);
    const before = wire.kept();
    const second = await wire.send(method, `${policies}${path}`, sent);
    expect([200, 201]).toContain(first.status);
    expect(at(second)).toEqual(at(first));
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(wire.kept()).toBe(before);
  });

  test.each(asks)('%s is told in the audit log, by ids', async (name, asked) => {
    const id = await create({ profile: 'pci_dss' });
    const [method, path, body] = await asked(id);
    const { body: answer } = await wire.send(method, `${policies}${path}`, { ...(body && { body }) });
    const { body: log } = await wire.send('GET', `/api/mlops/projects/${project_id}/audit?limit=1`);
    const [, verb = '', what = ''] = /^(create|update|delete)Privacy(Policy|Rule)$/.exec(name) ?? [];
    const done = { create: 'created', update: 'changed', delete: 'removed' }[verb];
    expect(log.items[0]).toMatchObject({
      type: `privacy_${what.toLowerCase()}.${done}`,
      details: { policy_id: name === 'createPrivacyPolicy' ? answer.id : id },
    });
  });

  test.each(['PATCH', 'DELETE'])('%s of another revision than was seen is refused', async (method) => {
    const id = await create();
    const send = (tag: string) =>
      wire.send(method, `${policies}/${id}`, {
        headers: { 'if-match': tag },
        ...(method === 'PATCH' && { body: {} }),
      });
    expect(at(await send('"7"'))).toEqual([412, { detail: 'The object has changed' }]);
    expect((await send('"1"')).status).toBe(200);
  });

  test('by many at once loses none', async () => {
    const id = await create();
    const added = await Promise.all(
      DetectedType.options.map((pii_type) => addRule(id, { pii_type, action: 'redact' })),
    );
    expect(added.map(({ status }) => status)).toEqual(DetectedType.options.map(() => 201));
    expect((await rulesOf(id)).map(({ pii_type }) => pii_type).toSorted()).toEqual(
      DetectedType.options.toSorted(),
    );
  });
});
