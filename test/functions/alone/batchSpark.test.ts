import { afterAll, beforeAll, expect, test } from 'vitest';
import { transport } from '../../../adapters/aws/signed.ts';
import { catalogWorld } from '../../../adapters/iceberg/catalogs.ts';
import { commitRun } from '../../../iceberg/commitLoop.ts';
import { restCatalog } from '../../iceberg/support/restCatalog.ts';
import { openScoring, rowsSql, type Scoring } from '../support/scoring.ts';

let it: Scoring;
let model: string;
let lake: Awaited<ReturnType<typeof restCatalog>>;
/** The catalog is a server of its own: what is sent to it goes over the wire. */
const { send: overTheWire } = transport;

beforeAll(async () => {
  lake = await restCatalog();
  it = await openScoring({ lake: { type: 'rest', uri: lake.uri, data: ['s3://warehouse/0'] } });
  const { send: inTheWorld } = transport;
  transport.send = (url, headers, call) =>
    (call.service === 'catalog' ? overTheWire : inTheWorld)(url, headers, call);
  model = await it.model();
  await it.append(rowsSql(100));
});
afterAll(async () => {
  delete process.env.SPARK_APPLICATION;
  it.close();
  await lake[Symbol.asyncDispose]();
});

const engine = 'emr-serverless';
const source = { schema: 'sales', table: 'orders', filter_sql: 'id < 50 and age > 0.5 and age is not null' };
const target = { catalog: 'lake', schema: 'sales', table: 'scores' };
const slot = '2026-01-02T03:04:05Z';

async function triggered(name: string, scheduled_at = slot) {
  const path = it.path(model, `/${name}`);
  const { body: deployment } = await it.send('GET', path);
  const { body } = await it.send('POST', `${path}/trigger`, { body: { scheduled_at } });
  const { deployment_id } = deployment;
  const input = {
    project_id: it.project_id,
    deployment_id,
    run_id: body.run_id,
    scheduled_at: body.scheduled_at,
  };
  return { input, last: async () => (await it.send('GET', path)).body };
}

interface Asked {
  ClientToken: string;
  JobDriver: { SparkSubmit: { EntryPointArguments: [string] } };
}
const jobAt = (address: string) => JSON.parse(String(it.store.get(address.replace('s3://', ''))));

/** What a job does to the target, without a job: its one snapshot of so many rows. */
const standIn = (rows: number) => async (given: unknown) => {
  const asked = given as Asked;
  const job = jobAt(asked.JobDriver.SparkSubmit.EntryPointArguments[0]);
  const world = catalogWorld('lake');
  const path = `s3://warehouse/scores/${rows}.parquet`;
  await commitRun(world, {
    table: { namespace: ['sales'], name: target.table },
    runId: job.properties['slipway.run-id'],
    properties: {},
    change: async ({ metadata }) => ({
      added: [
        {
          ...{ content: 'data' as const, path, format: 'parquet', specId: metadata.defaultSpecId },
          partition:
            metadata.specs.find(({ id }) => id === metadata.defaultSpecId)?.fields.map(() => 20_455) ?? [],
          ...{ recordCount: rows, sizeBytes: 1_000 },
        },
      ],
    }),
    deadline: Date.now() + 9_000,
  });
  return { State: 'SUCCESS' };
};

test('a job of Spark is refused where nothing would run it', async () => {
  const got = await it.create(model, { name: 'nowhere', engine, source, target });
  expect([got.status, got.body]).toEqual([
    422,
    {
      detail: [
        expect.objectContaining({
          type: 'value_error',
          loc: ['body', 'engine'],
          msg: 'Value error, This installation has no application of EMR Serverless',
        }),
      ],
    },
  ]);
  expect((await it.create(model, { name: 'nowhere', engine: 'spark' })).status).toBe(422);
  process.env.SPARK_APPLICATION = '00f1';
});

test.each([
  [
    'a target of files',
    { target: { schema: 'sales', table: 'x' } },
    'Spark cannot commit safely to a catalog that keeps its tables as files',
  ],
  [
    'a filter',
    { source: { ...source, filter_sql: 'id / 2 > 1' } },
    'a function of the filter means something else in Spark',
  ],
])('what Spark cannot do is said when the deployment is made: %s', async (name, more, words) => {
  const asked = { engine, source, target, ...more, name: name.replaceAll(' ', '-') };
  expect((await it.create(model, asked)).body).toMatchObject({
    status: 'failed',
    error_message: expect.stringContaining(words),
  });
});

test('a run goes from its plan through one job to its record, and its definition says what scores it', async () => {
  const made = await it.created(model, { name: 'large', engine, source, target });
  expect(made).toMatchObject({ status: 'active', error_message: null });
  expect(jobAt(made.dag_s3_uri)).toMatchObject({ engine });
  const { input, last } = await triggered('large');
  const asked: Asked[] = [];
  const { ended, entered } = await it.execute(input, {
    job: async (given) => {
      asked.push(given as unknown as Asked);
      return standIn(17)(given);
    },
  });
  expect([ended, entered.slice(-4)]).toEqual([
    'succeeded',
    ['Score it on Spark', 'Commit the run', 'Was it committed?', 'Done'],
  ]);
  expect(asked).toMatchObject([
    { ClientToken: input.run_id, ApplicationId: expect.stringContaining('sparkApplication') },
  ]);
  const address = String(asked[0]?.JobDriver.SparkSubmit.EntryPointArguments[0]);
  expect(address).toMatch(new RegExp(`^s3://data/runs/${input.run_id}/jobs/[0-9a-f-]+\\.json$`));
  const job = jobAt(address);
  expect(job).toMatchObject({
    catalogs: {
      source: { type: 'hadoop', warehouse: 's3://warehouse/tables' },
      target: { type: 'rest', uri: lake.uri },
    },
    source: {
      filter: "((`c1` < 50) AND ((`c2` - 0) > CAST('0.5' AS DECIMAL(2, 1))) AND ((`c2` - 0) IS NOT NULL))",
    },
    model: { version: '1', image: { address: expect.stringMatching(/^s3:\/\/models\/models\/.*predict/) } },
  });
  const { last_run } = await last();
  expect(last_run).toMatchObject({
    status: 'succeeded',
    rows_scored: 17,
    rows_failed: 0,
    error_message: null,
  });
  expect(last_run.source_snapshot_id).toBe(job.source.snapshot_id);
  const table = await catalogWorld('lake').catalog.load({ namespace: ['sales'], name: target.table });
  expect(last_run.target_snapshot_id).toBe(String(table?.metadata.currentSnapshotId));
});

test('a job whose end nobody heard of is written down as what it did; one that failed says why', async () => {
  const unheard = await triggered('large', '2026-01-03T03:04:05Z');
  const lost = await it.execute(unheard.input, {
    job: async (given) => {
      await standIn(5)(given);
      throw new Error('nobody heard');
    },
  });
  expect([lost.ended, lost.entered.includes('Say that it failed')]).toEqual(['succeeded', true]);
  expect((await unheard.last()).last_run).toMatchObject({ status: 'succeeded', rows_scored: 5 });

  const reason = "part 3, after 12 rows: a row cannot be scored: feature 'age' is no finite number";
  const refused = await triggered('large', '2026-01-04T03:04:05Z');
  const { ended } = await it.execute(refused.input, {
    job: async (given) => {
      const { failed } = jobAt((given as unknown as Asked).JobDriver.SparkSubmit.EntryPointArguments[0]);
      it.store.set(failed.replace('s3://', ''), Buffer.from(JSON.stringify({ reason })));
      throw new Error('the job failed');
    },
  });
  expect(ended).toContain('The record of the run says so');
  expect((await refused.last()).last_run).toMatchObject({ status: 'failed', error_message: reason });

  const nothing = await triggered('large', '2026-01-05T03:04:05Z');
  const here = await it.execute(nothing.input);
  expect(here.ended).toContain('The record of the run says so');
  expect((await nothing.last()).last_run).toMatchObject({ status: 'failed' });
});

test('a job that had nothing to change is a run of no rows', async () => {
  const { input, last } = await triggered('large', '2026-01-06T03:04:05Z');
  const { ended } = await it.execute(input, {
    job: async (given) => {
      const { result } = jobAt((given as unknown as Asked).JobDriver.SparkSubmit.EntryPointArguments[0]);
      it.store.set(result.replace('s3://', ''), Buffer.from('{"status":"unchanged"}'));
      return {};
    },
  });
  expect(ended).toBe('succeeded');
  expect((await last()).last_run).toMatchObject({ status: 'succeeded', rows_scored: 0 });
});
