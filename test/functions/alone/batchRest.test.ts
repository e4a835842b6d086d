import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogWorld } from '../../../adapters/iceberg/catalogs.ts';
import { snapshotOfRun } from '../../../iceberg/commitLoop.ts';
import { restCatalog } from '../../iceberg/support/restCatalog.ts';
import { openScoring, rowsSql, type Scoring } from '../support/scoring.ts';

const credentials = { client_id: 'slipway', client_secret: 'a secret' };
const arn = 'arn:aws:s3tables:eu-west-1:123456789012:bucket/lake';
const signedFor =
  (service: string) =>
  ({ authorization = '' }: { authorization?: string }): boolean =>
    new RegExp(
      `^AWS4-HMAC-SHA256 Credential=test/\\d{8}/eu-west-1/${service}/aws4_request, ?SignedHeaders=\\S+, ?Signature=[0-9a-f]{64}$`,
    ).test(authorization);

type Server = Awaited<ReturnType<typeof restCatalog>>;
let [polaris, glue, tables]: Server[] = [];
let it: Scoring;
let model: string;
beforeAll(async () => {
  polaris = await restCatalog({ credentials, prefix: 'lake' });
  glue = await restCatalog({
    ...{ locationRequired: true, missingNamespace500: true, refusedWith: [409], takenBut: [504] },
    wants: signedFor('glue'),
  });
  tables = await restCatalog({
    ...{ locationRefused: true, keepsSnapshots: true, prefix: encodeURIComponent(arn) },
    wants: signedFor('s3tables'),
  });
  // Where the servers place what they are not told a place for; S3 Tables would grant its own by the table.
  const data = ['s3://lake/tables', 's3://warehouse/0', 's3://warehouse/1', 's3://warehouse/2'];
  const catalogs = {
    iceberg: { type: 'rest', uri: polaris.uri, secret: 'polaris', data },
    lake: { type: 'rest', uri: glue.uri, signing: 'glue', location: 's3://lake/tables' },
    buckets: { type: 'rest', uri: tables.uri, signing: 's3tables', warehouse: arn },
  };
  it = await openScoring(catalogs, { 'catalogs/polaris': JSON.stringify(credentials) });
  model = await it.model();
  await it.append(rowsSql(500));
});
afterAll(async () => {
  it.close();
  for (const server of [polaris, glue, tables]) await server?.[Symbol.asyncDispose]();
});

/** Create a deployment, trigger it, and carry its machine out. */
async function scored(name: string, target: object, more: object = {}) {
  const deployment = await it.created(model, { name, target: { schema: 'scores', ...target }, ...more });
  const { body: run } = await it.send('POST', it.path(model, `/${name}/trigger`), { body: {} });
  const { deployment_id, error_message } = deployment;
  expect([deployment.status, error_message]).toEqual(['active', null]);
  const { run_id, scheduled_at } = run;
  const ended = await it.execute({ project_id: it.project_id, deployment_id, run_id, scheduled_at });
  const { body } = await it.send('GET', it.path(model, `/${name}`));
  return { ...ended, run: body.last_run };
}

test.each([
  ['iceberg', 's3://warehouse/1/', 1],
  // A first commit is refused, the second one taken and answered with 504.
  ['lake', 's3://lake/tables/scores/of-lake/', 2],
  ['buckets', 's3://warehouse/0/', 1],
])(
  'a deployment whose target is in the catalog %s is made, run and committed over HTTP',
  async (catalog, location, commits) => {
    const name = { namespace: ['scores'], name: `of-${catalog}` };
    const server = { iceberg: polaris, lake: glue, buckets: tables }[catalog];
    const { ended, run } = await scored(`of-${catalog}`, { catalog, table: name.name });
    expect([ended, run.status, run.rows_scored, run.error_message]).toEqual([
      'succeeded',
      'succeeded',
      500,
      null,
    ]);
    const own = catalogWorld(catalog).catalog;
    const { metadata } = (await own.load(name)) ?? {};
    expect(metadata?.location).toBe(location.slice(0, -1));
    expect(metadata?.snapshots).toHaveLength(1);
    expect(String(metadata && snapshotOfRun(metadata, run.run_id)?.id)).toBe(run.target_snapshot_id);
    expect(new Set((await it.read(name, own)).map(({ id }) => id)).size).toBe(500);
    const sent = server?.asked.filter(
      ({ method, path }) => method === 'POST' && path.includes(`/tables/${name.name}`),
    );
    expect(sent?.length).toBe(commits);
    const bare = server?.asked.filter(({ headers }) => headers.authorization === undefined);
    expect(bare?.filter(({ path }) => path !== '/v1/oauth/tokens')).toEqual([]);
  },
);

test('a token that is taken back in the middle is replaced, and nothing is committed twice', async () => {
  const before = polaris?.granted.size;
  polaris?.granted.clear();
  const more = { rerun_behavior: 'append_dedup' };
  const { run } = await scored('renewed', { table: 'renewed' }, more);
  expect([run.status, run.rows_scored]).toEqual(['succeeded', 500]);
  expect([before, polaris?.granted.size]).toEqual([1, 1]);
  const name = { namespace: ['scores'], name: 'renewed' };
  expect((await catalogWorld('iceberg').catalog.load(name))?.metadata.snapshots).toHaveLength(1);
});

test('what a catalog refuses is named when a deployment is created', async () => {
  const asked = async (name: string, target: object, more: object = {}) =>
    (await it.create(model, { name, target: { schema: 'scores', table: name, ...target }, ...more })).body;
  expect(await asked('nowhere', { catalog: 'other' })).toMatchObject({
    ...{ status: 'failed', error_message: expect.stringContaining('no catalog of this name is configured') },
  });
  const source = { schema: 'sales', table: 'gone' };
  expect(await asked('sourceless', {}, { source })).toMatchObject({
    ...{ status: 'failed', error_message: expect.stringContaining('the source table is not there') },
  });
});
