import { beforeAll, expect, test } from 'vitest';
import { openWorkspace, upTo, type Workspace } from './support/workspaces.ts';

let ws: Workspace;
beforeAll(async () => {
  ws = await openWorkspace();
  for (const n of upTo(5)) await ws.create(`row-${n}`, n % 2 === 0 ? { project: 'even' } : {});
  await ws.update('row-1');
  await ws.report('row-2', { status: 'READY', status_message: 'up and running', model_provider_id: 'a/b' });
  await ws.report('row-1', { status: 'ERROR' }, '?version=1');
});
const list = async (query: string) => (await ws.ask('GET', `?${query}`)).body;
const rows = (body: { data: { name: string; entity_version: number }[] }) =>
  body.data.map(({ name, entity_version }) => `${name} ${entity_version}`);

test('an empty workspace has one page of nothing', async () => {
  const { status, body } = await ws.send('GET', '/apis/models/v2/workspaces/nobody/deployments');
  expect([status, body]).toEqual([
    200,
    {
      data: [],
      pagination: { page: 1, page_size: 100, current_page_size: 0, total_pages: 1, total_results: 0 },
      sort: 'created_at',
    },
  ]);
});

test('the latest version of each, oldest first, without what is unset', async () => {
  const body = await list('');
  expect(rows(body)).toEqual(['row-2 1', 'row-3 1', 'row-4 1', 'row-5 1', 'row-1 2']);
  const [second, third] = body.data;
  expect(second).toMatchObject({ project: 'even', model_provider_id: 'a/b' });
  expect(Object.keys(third)).not.toContain('project');
  expect(Object.keys(third)).not.toContain('model_provider_id');
  expect(third.auth_context).toEqual({ principal_id: expect.any(String), principal_groups: [] });
  expect(second.status_history).toEqual((await ws.get('row-2')).status_history);
});

test.each([
  ['all_versions=true&sort=name', ['row-1 1', 'row-1 2', 'row-2 1', 'row-3 1', 'row-4 1', 'row-5 1']],
  ['all_versions=yes&sort=-name&page_size=2', ['row-5 1', 'row-4 1']],
  ['sort=name&page=2&page_size=2', ['row-3 1', 'row-4 1']],
  ['page=9', []],
  ['sort=-updated_at&page_size=1&all_versions=1', ['row-1 1']],
  ['filter%5Bstatus%5D=READY', ['row-2 1']],
  ['filter%5Bstatus%5D=ERROR', []],
  ['all_versions=true&filter%5Bstatus%5D=ERROR', ['row-1 1']],
  ['filter%5Bname%5D%5B%24like%5D=-3', ['row-3 1']],
  ['filter%5Bname%5D%5B%24in%5D=row-3,row-5', ['row-3 1', 'row-5 1']],
  ['filter%5Bname%5D%5B%24nin%5D=row-3&filter%5Bproject%5D=even', ['row-2 1', 'row-4 1']],
  ['filter%5Bmodel_provider_id%5D=a%2Fb', ['row-2 1']],
  ['filter%5Bstatus_message%5D%5B%24like%5D=up%25running', ['row-2 1']],
  ['filter%5Bconfig%5D=other', []],
  ['filter%5Bworkspace%5D=other', []],
  ['filter%5Bcreated_at%5D%5B%24gte%5D=2999-01-01T00%3A00%3A00Z', []],
])('%s finds %j', async (query, wanted) => {
  expect(rows(await list(query))).toEqual(wanted);
});

test('pages count what was found, not what is shown', async () => {
  expect((await list('page=2&page_size=2')).pagination).toEqual({
    ...{ page: 2, page_size: 2, current_page_size: 2, total_pages: 3, total_results: 5 },
  });
  expect((await list('page=3&page_size=2')).pagination.current_page_size).toBe(1);
});

test('a list asks each history once, and nothing for rows that it does not show', async () => {
  ws.asked();
  await list('page_size=1');
  const one = ws.asked();
  await list('page_size=4');
  expect(ws.asked() - one).toBe(3);
});
