import { beforeAll, describe, expect, test } from 'vitest';
import { is, item, spelled } from './faultItems.ts';
import { noId, openWire, type Wire } from './support/wire.ts';

let wire: Wire;
let project_id: string;
beforeAll(async () => {
  wire = await openWire();
  ({ project_id } = await wire.ready());
});
const make = (body: object, key?: string) =>
  wire.send('POST', '/api/auth/api-keys', {
    body: { name: 'k', scopes: ['read'], ...body },
    ...(key && { key }),
  });
const scopes = "'read', 'write', 'predict', 'admin' or 'privacy:override'";

describe('a new key', () => {
  test('is shown this once, and nothing keeps it', async () => {
    const { status, body } = await make({
      name: 'ci',
      scopes: ['read', 'predict', 'read'],
      expires_at: '2099-01-01T00:00:00+01:00',
      project_ids: [project_id],
    });
    expect(status).toBe(201);
    expect(Object.keys(body)).toEqual(['id', 'api_key_id', 'key', 'api_key']);
    expect(body.key).toMatch(/^slw_[a-z2-7]{26}_[0-9A-Za-z]{38}$/);
    expect(body.api_key).toEqual({
      id: body.id,
      api_key_id: body.id,
      name: 'ci',
      scopes: ['read', 'predict'],
      kind: 'user',
      roles: [],
      project_ids: [project_id],
      last4: body.key.slice(-4),
      created_by: expect.stringMatching(/^key:/),
      created_at: expect.any(String),
      expires_at: '2098-12-31T23:00:00Z',
      last_used_at: null,
      revoked_at: null,
    });
    expect(JSON.stringify([wire.kept(), wire.printed, wire.published])).not.toContain(body.key.slice(31, 60));
  });

  test('says by default: user, no roles, every project, no end', async () => {
    expect((await make({})).body.api_key).toMatchObject({
      kind: 'user',
      roles: [],
      project_ids: null,
      expires_at: null,
    });
  });

  test.each([
    [{ name: null }, ['name'], is.string, null],
    [{ name: '' }, ['name'], is.tooShort(1), ''],
    [{ scopes: null }, ['scopes'], is.list, null],
    [{ scopes: 'read' }, ['scopes'], is.list, 'read'],
    [{ scopes: [] }, ['scopes'], is.fewItems(1, 0), []],
    [{ scopes: ['read', 'root'] }, ['scopes', 1], is.literal(scopes), 'root'],
    [{ kind: null }, ['kind'], is.literal("'user' or 'platform'"), null],
    [{ kind: 'admin' }, ['kind'], is.literal("'user' or 'platform'"), 'admin'],
    [{ roles: null }, ['roles'], is.list, null],
    [{ roles: [5] }, ['roles', 0], is.string, 5],
    [{ roles: [''] }, ['roles', 0], is.tooShort(1), ''],
    [{ project_ids: 'x' }, ['project_ids'], is.list, 'x'],
    [{ project_ids: [] }, ['project_ids'], is.fewItems(1, 0), []],
    [{ project_ids: ['x'] }, ['project_ids', 0], is.uuid, 'x'],
    [{ project_ids: [null] }, ['project_ids', 0], is.uuidType, null],
    [{ expires_at: 'x' }, ['expires_at'], is.time('input is too short'), 'x'],
    [{ expires_at: '2099-01-01' }, ['expires_at'], is.zone, '2099-01-01'],
    [{ expires_at: 5 }, ['expires_at'], is.timeType, 5],
  ])('%j is refused', async (more, loc, words, input) => {
    const { status, body } = await make(more);
    expect(spelled(body)).toBe(spelled({ detail: [item(words, ['body', ...loc], input)] }));
    expect(status).toBe(422);
  });

  test('lacks name and scopes where they are not sent', async () => {
    const { body } = await wire.send('POST', '/api/auth/api-keys', { body: {} });
    expect(body.detail).toEqual([
      item(is.missing, ['body', 'name'], {}),
      item(is.missing, ['body', 'scopes'], {}),
    ]);
  });
});

describe('nobody grants what he does not have', () => {
  test.each([
    ['a scope', { scopes: ['admin'] }, { scopes: ['read'] }, 'scope read'],
    [
      'the scope that weakens privacy',
      { scopes: ['admin', 'read'] },
      { scopes: ['privacy:override'] },
      'scope privacy:override',
    ],
    ['the kind platform', { kind: 'user' }, { kind: 'platform' }, 'kind platform'],
    ['a role', { kind: 'user', roles: ['a'] }, { roles: ['b'] }, 'a role that you do not hold'],
    ['every project', { project_ids: ['own'] }, {}, 'all projects'],
    [
      'another project',
      { project_ids: ['own'] },
      { project_ids: ['own', noId] },
      'a project that is not yours',
    ],
  ])('%s', async (_, own, wanted, what) => {
    const mine = (body: object) => JSON.parse(JSON.stringify(body).replace('"own"', `"${project_id}"`));
    const granter = await wire.keyWith({ scopes: ['admin', 'read'], ...mine(own) });
    const before = wire.table.items('keys').length;
    const got = await make({ ...mine(wanted) }, granter);
    expect([got.status, got.body]).toEqual([403, { detail: `Cannot grant ${what}` }]);
    expect(wire.table.items('keys')).toHaveLength(before);
  });

  test('what he has he may: scopes, roles and projects of his own', async () => {
    const granter = await wire.keyWith({
      scopes: ['admin', 'read'],
      kind: 'user',
      roles: ['a', 'b'],
      project_ids: [project_id],
    });
    const got = await make({ scopes: ['read'], roles: ['b'], project_ids: [project_id] }, granter);
    expect(got.status).toBe(201);
  });
});

describe('the list of keys', () => {
  test('shows them newest first, without the keys, and when each was last used', async () => {
    await new Promise((wait) => setTimeout(wait, 2));
    const made = (await make({ name: 'listed' })).body;
    const { status, body } = await wire.send('GET', '/api/auth/api-keys?limit=1');
    expect([status, body.items]).toEqual([200, [made.api_key]]);
    await wire.send('GET', '/api/projects', { key: made.key });
    expect((await wire.send('GET', '/api/auth/api-keys?limit=1')).body.items[0].last_used_at).toMatch(/Z$/);
    expect(JSON.stringify(body)).not.toMatch(/digest|slw_/);
  });

  test('of a key of some projects holds theirs alone, and he revokes no other', async () => {
    const own = (await make({ name: 'theirs', project_ids: [project_id] })).body;
    const other = (await make({ name: 'others' })).body;
    const key = await wire.keyWith({ scopes: ['admin'], project_ids: [project_id] });
    const { body } = await wire.send('GET', '/api/auth/api-keys?limit=500', { key });
    expect(body.items.every((k: { project_ids: string[] }) => k.project_ids?.join() === project_id)).toBe(
      true,
    );
    const revoke = (id: string) => wire.send('DELETE', `/api/auth/api-keys/${id}`, { key });
    expect(await revoke(other.id)).toMatchObject({ status: 404, body: { detail: 'API key not found' } });
    expect(await revoke(own.id)).toMatchObject({ status: 200, body: { ok: true } });
  });
});
