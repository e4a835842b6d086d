import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { untold } from '../support/audited.ts';
import { openWire, type Wire } from './support/wire.ts';

interface Entry {
  id: string;
  type: string;
  actor: string;
  at: string;
  project_id: string | null;
  subject: string;
  details: Record<string, unknown>;
}

let wire: Wire;
let project: string;
let model: string;
let first: string;
let second: string;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  wire = await openWire();
  ({ project_id: project, model_id: model } = await wire.ready());
  const tick = () => vi.setSystemTime(Date.now() + 1_000);
  const promote = (id: string) =>
    wire.send('POST', `/api/mlops/deployments/${id}/promote`, { body: { to_stage: 'production' } });
  tick();
  first = await wire.deploy(project, model, { name: 'first' });
  tick();
  await promote(first);
  tick();
  second = await wire.deploy(project, model, { name: 'second' });
  tick();
  await promote(second);
  tick();
  const { model: made } = (await wire.send('GET', `/api/models/${model}`)).body;
  await wire.send('PUT', `/api/models/${made.name}/aliases/champion`, { body: { version: '1' } });
  tick();
  await wire.send('DELETE', `/api/models/${made.name}/aliases/champion`);
});
afterAll(() => {
  vi.useRealTimers();
});

const audit = async (query = '', key?: string) =>
  wire.send('GET', `/api/mlops/projects/${project}/audit${query}`, key === undefined ? {} : { key });
const entries = async (query = ''): Promise<Entry[]> => (await audit(query)).body.items;

describe('the audit log of a project', () => {
  test('tells what was done, newest first: in the sequence of the project and beside it', async () => {
    const types = (await entries()).map(({ type }) => type);
    // The project and its model were made in one millisecond of this test's clock.
    expect([...types.slice(0, 8), ...types.slice(8).toSorted()]).toEqual([
      'alias.removed',
      'alias.set',
      'deployment.promoted',
      'deployment.activated',
      'deployment.created',
      'deployment.promoted',
      'deployment.activated',
      'deployment.created',
      'model.ready',
      'model.registered',
      'project.created',
    ]);
  });

  test('tells who did it and when, of which object, and what was in production before', async () => {
    const [promoted] = await entries('?type=deployment.promoted');
    expect(promoted).toMatchObject({ project_id: project, subject: second, details: { prev: first } });
    expect(promoted?.actor).toMatch(/^key:[0-9a-f-]{36}$/);
    expect(Date.parse(promoted?.at ?? '')).toBeLessThanOrEqual(Date.now());
  });

  test('gives everything once, page by page', async () => {
    const all = await entries();
    for (const limit of [1, 2, 3, 7]) {
      const seen: Entry[] = [];
      let cursor = '';
      do {
        const { status, body } = await audit(`?limit=${limit}${cursor}`);
        expect(status).toBe(200);
        expect(body.items.length).toBeLessThanOrEqual(limit);
        seen.push(...body.items);
        cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`;
      } while (cursor !== '');
      expect(seen).toEqual(all);
    }
  });

  test('is narrowed to a time, an object, a caller and a kind of change', async () => {
    const all = await entries();
    const [newest, oldest] = [all[0]?.at ?? '', all.at(-1)?.at ?? ''];
    expect(await entries(`?since=${newest}`)).toEqual(all.filter(({ at }) => at >= newest));
    expect(await entries(`?until=${newest}`)).toEqual(all.filter(({ at }) => at < newest));
    expect(await entries(`?since=${oldest}&until=${newest}`)).toEqual(all.filter(({ at }) => at < newest));
    expect(await entries(`?subject=${first}`)).toEqual(all.filter(({ subject }) => subject === first));
    expect(await entries(`?actor=${all[0]?.actor}`)).toEqual(all);
    expect(await entries('?actor=key:somebody-else')).toEqual([]);
  });

  test('is that of its project alone', async () => {
    const key = await wire.keyWith({ project_ids: [project] });
    expect((await audit('', key)).status).toBe(200);
    const other = await wire.send('POST', '/api/projects', { body: { name: 'another' } });
    const foreign = await wire.send('GET', `/api/mlops/projects/${other.body.id}/audit`, { key });
    expect([foreign.status, foreign.body]).toEqual([404, { detail: 'Project not found' }]);
    const own = await wire.send('GET', `/api/mlops/projects/${other.body.id}/audit`);
    expect(own.body.items.map(({ type }: Entry) => type)).toEqual(['project.created']);
  });

  test.each([
    'x',
    'eyJldmVudCI6IlAjIn0',
    `${Buffer.from('{"event":"D#","outbox":"OUT#"}').toString('base64url')}`,
  ])('has no page behind the cursor %s', async (cursor) => {
    const { status, body } = await audit(`?cursor=${cursor}`);
    expect([status, body]).toEqual([400, { detail: 'Bad cursor' }]);
  });
});

describe('the audit log of access', () => {
  test('tells of every key that was made or revoked, the first one too', async () => {
    const key = await wire.send('POST', '/api/auth/api-keys', { body: { name: 'k', scopes: ['read'] } });
    vi.setSystemTime(Date.now() + 1_000);
    await wire.send('DELETE', `/api/auth/api-keys/${key.body.id}`);
    const { body } = await wire.send('GET', '/api/auth/audit?limit=500');
    const own = body.items.filter(({ subject }: Entry) => subject === key.body.id);
    expect(own.map(({ type }: Entry) => type)).toEqual(['key.revoked', 'key.created']);
    expect(body.items.at(-1)).toMatchObject({ type: 'key.created', actor: 'installation', project_id: null });
    expect(JSON.stringify(body)).not.toContain(key.body.key);
  });

  test('is for administrators of every project', async () => {
    const limited = await wire.keyWith({ scopes: ['admin'], project_ids: [project] });
    const reader = await wire.keyWith({ scopes: ['read'] });
    expect((await wire.send('GET', '/api/auth/audit', { key: limited })).status).toBe(403);
    expect((await wire.send('GET', '/api/auth/audit', { key: reader })).status).toBe(403);
  });
});

test('a change that no event tells of is found, so no test of any function can make one', () => {
  const item = { pk: { S: 'P#1' }, sk: { S: 'D#online#2' } };
  const change = { Put: { TableName: 'control', Item: item } };
  const event = { Put: { TableName: 'control', Item: { pk: { S: 'OUT#1' }, sk: { S: 'OUT#3#4' } } } };
  expect(untold('PutItem', change.Put)).toEqual(['P# D#']);
  expect(untold('TransactWriteItems', { TransactItems: [change] })).toEqual(['P# D#']);
  expect(untold('TransactWriteItems', { TransactItems: [change, event] })).toEqual([]);
  expect(untold('PutItem', { ...change.Put, TableName: 'logs' })).toEqual([]);
});
