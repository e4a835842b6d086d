import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Route } from '../../contracts/route.ts';
import { routes as every } from '../../contracts/routes.ts';
import { Scope } from '../../domain/apiKey.ts';
import { refusal } from '../functions/support/refusals.ts';
import { type Got, type Hostile, noId, openHostile, type Sent } from './support/refused.ts';
import { everything, nothing, requestOf, type Things } from './support/things.ts';

/** What takes something away comes last, and what lies deepest first, so that everything else still finds it. */
const endings = ['/disable', '/stop', '/start', '/deactivate'];
const late = ({ method, path }: Route) =>
  method === 'DELETE' ? 1_000 - path.length : 1 + endings.findIndex((ending) => path.endsWith(ending));
const routes: readonly Route[] = every.toSorted((a: Route, b: Route) => late(a) - late(b));
const guarded = routes.filter(({ scope }) => scope !== 'public');
const kinds = ['user', 'platform'] as const;
const roles = [[], ['ops']];

/** What a user may do on the batch deployment of the test by one of its roles alone. */
const gated = [
  ...['putAllowedRoles', 'triggerBatchDeployment', 'stopBatchDeployment', 'startBatchDeployment'],
  ...['deleteBatchDeployment', 'reportRun'],
];
/** What names projects of others without asking for them by name is refused for what it wants, not for where. */
const wanting = ['createApiKey'];
/** What is of the whole installation is not for keys of some projects. */
const everywhere = ['createProject', 'listAccessAudit'];

let wire: Hostile;
let own: Things;
/** Everything that a refused request must not do: writes, and calls of services that change something. */
const done: string[] = [];
const keys = new Map<string, string>();
const keyName = (kind: string, roles: readonly string[], scopes: readonly string[], where = 'all') =>
  [kind, roles, where, ...scopes].join('/');

beforeAll(async () => {
  vi.stubEnv('REQUESTS_PER_SECOND', '0');
  wire = await openHostile();
  own = await everything(wire);
  const { around } = wire.hooks;
  wire.hooks.around = (call, run) => {
    const reads = call.service === 'dynamodb' || /^(?:GET|HEAD)$/.test(call.command);
    if (!reads) done.push(`${call.service} ${call.command}`);
    // A machine that nobody waits for is started, and that is all.
    if (call.command === 'StartExecution') return Promise.resolve({}) as ReturnType<typeof run>;
    return around(call, run);
  };
  const add = async (kind: string, roles: readonly string[], scopes: readonly Scope[], project?: string) => {
    const project_ids = project === undefined ? null : [project];
    const key = await wire.keyWith({ kind, roles, scopes, project_ids });
    keys.set(keyName(kind, roles, scopes, project), key);
  };
  for (const scope of Scope.options)
    for (const kind of kinds)
      for (const role of roles) {
        await add(kind, role, [scope], own.project_id);
        await add(kind, role, [scope], noId);
        await add(kind, role, [scope]);
        await add(kind, role, without(scope), own.project_id);
      }
});
afterAll(() => {
  vi.unstubAllEnvs();
  wire.silent();
});
const without = (scope: Scope) => Scope.options.filter((one) => one !== scope);
const keyOf = (kind: string, role: readonly string[], scopes: readonly Scope[], project = own.project_id) =>
  keys.get(keyName(kind, role, scopes, project)) ?? '';

/** Ask as a caller; nothing at all may come of it where he may not, or there is nothing for him. */
async function asked(route: Route, things: Things, sent: Sent): Promise<Got> {
  const { method, target, body } = requestOf(route, things);
  const before = [wire.writes.length, wire.store.size, wire.published.length, done.length];
  const got = await wire.send(method, target, { body, ...sent });
  const after = [wire.writes.length, wire.store.size, wire.published.length, done.length];
  if ([401, 403, 404].includes(got.status)) {
    const what = `${route.id} ${got.status}: ${[...wire.writes.slice(before[0]), ...done.slice(before[3])]}`;
    expect(after, what).toEqual(before);
  }
  return got;
}

/** An answer without what no two answers have in common, nor what was asked for. */
function said({ status, body, headers }: Got, things: Things): string {
  const { 'x-request-id': _, ...rest } = headers;
  const { errorInstanceId, ...words } = body;
  const text = JSON.stringify([status, rest, words, errorInstanceId && 'an id']);
  return Object.values(things).reduce((all, thing) => all.replaceAll(thing, '…'), text);
}

describe('nobody', () => {
  test('is let in without a key or with one that does not open, on any route', async () => {
    const made = await wire.send('POST', '/api/auth/api-keys', {
      body: {
        name: 'k',
        scopes: Scope.options,
        kind: 'platform',
        expires_at: new Date(Date.now() + 5_000).toISOString(),
      },
    });
    const gone = await wire.send('POST', '/api/auth/api-keys', {
      body: { name: 'k', scopes: Scope.options, kind: 'platform' },
    });
    await wire.send('DELETE', `/api/auth/api-keys/${gone.body.id}`);
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 5_001);
    const { minted } = await import('../../domain/apiKey.ts');
    const wanted = {
      name: 'n',
      scopes: Scope.options,
      kind: 'platform' as const,
      roles: [],
      project_ids: null,
      expires_at: null,
    };
    const stranger = minted(
      wanted,
      { id: noId, by: 'x', at: '2026-01-01T00:00:00Z' },
      Buffer.alloc(24, 1),
    ).spelled;
    const token = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.AA`;
    const bad = [null, `${wire.key.slice(0, -1)}_`, stranger, made.body.key, gone.body.key, token];
    expect(guarded.length).toBeGreaterThan(50);
    for (const route of guarded)
      for (const key of bad) {
        const got = await asked(route, own, { key, headers: { 'idempotency-key': 'k' } });
        const words = key === null ? 'noKey' : 'badKey';
        expect([got.status, got.body, got.headers['www-authenticate']], route.id).toEqual([
          401,
          refusal(route.dialect, words),
          'Bearer',
        ]);
      }
    vi.useRealTimers();
  });
});

describe.each(guarded.map((route) => [route.id, route] as const))('%s', (id, route) => {
  const scope = Scope.parse(route.scope);

  test(`asks for ${scope}, whoever calls and whatever else he may`, async () => {
    for (const kind of kinds)
      for (const role of roles)
        for (const held of [without(scope), ...without(scope).map((one) => [one])]) {
          const got = await asked(route, own, {
            key: keyOf(kind, role, held),
            headers: { 'idempotency-key': 'k' },
          });
          expect([got.status, got.body]).toEqual([403, refusal(route.dialect, 'noScope', scope)]);
        }
  });

  test('H21: knows nothing of what is in the projects of others, and says it as of what is nowhere', async () => {
    const { target, body } = requestOf(route, own);
    const sent = decodeURIComponent(target) + JSON.stringify(body);
    const names = Object.values(own).some((thing) => sent.includes(thing));
    for (const kind of kinds)
      for (const role of roles) {
        const key = keyOf(kind, role, [scope], noId);
        const foreign = await asked(route, own, { key });
        if (names) await sameAsUnknown(route, foreign, key);
        else expect(secrets().filter((thing) => JSON.stringify(foreign.body).includes(thing))).toEqual([]);
      }
  });

  test('serves who may', async () => {
    const where = everywhere.includes(id) ? 'all' : own.project_id;
    const key = (kind: string, role: string[]) => keyOf(kind, role, [scope], where);
    const first = await asked(route, own, { key: key('user', []) });
    if (!gated.includes(id)) expect(isServed(route, first), JSON.stringify(first.body)).toBe(true);
    else expect([first.status, first.body]).toEqual([403, { detail: 'Role not allowed' }]);
    if (route.method === 'DELETE' && !gated.includes(id)) return;
    for (const kind of kinds) {
      // Words of one thing are told apart by their milliseconds.
      await sleep(2);
      const got = await asked(route, own, { key: key(kind, ['ops']) });
      expect(isServed(route, got), JSON.stringify(got.body)).toBe(true);
    }
  });
});

async function sameAsUnknown(route: Route, foreign: Got, key: string) {
  const none = nothing(own);
  const unknown = await asked(route, none, { key });
  const empty =
    ['live', 'workspaces'].includes(route.dialect) && route.method === 'GET' && !route.path.endsWith('}');
  expect(wanting.includes(route.id) ? [403] : empty ? [200, 404] : [404]).toContain(foreign.status);
  expect(said(foreign, own)).toBe(said(unknown, none));
}

/** What tells that something of ours is there. */
const secrets = () => Object.values(own).filter((thing) => thing !== noId);

/** What is there already, or goes on already, is told to those alone who may know of it. */
const isServed = (route: Route, { status }: Got) => [route.status, 200, 204, 409].includes(status);

test('what asks for no key answers without one', async () => {
  const open = routes.filter(({ scope }) => scope === 'public');
  expect(open.map(({ id }) => id)).toEqual(['getHealth', 'getOpenapi']);
  for (const route of open) expect((await asked(route, own, { key: null })).status).toBe(200);
});
