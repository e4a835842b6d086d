import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import * as objects from '../../adapters/aws/objects.ts';
import { send, transport } from '../../adapters/aws/signed.ts';
import { each } from '../../functions/kit/lists.ts';
import { type S3, startS3 } from '../../local/s3/server.ts';
import type { Item } from '../support/dynamodb/types.ts';
import { inEngine } from '../support/engineTables.ts';
import { closeHours, delivered, recordOf } from '../support/logs.ts';
import { random } from '../support/random.ts';
import { type Fate, late, type Passed, type Passing, unsteady } from '../support/unsteady.ts';
import { createWorld, type World, withModel } from '../support/world.ts';

/** How the table of logs and the spool fare, for so many predictions. */
interface Spell {
  name: string;
  predictions: number;
  table: Fate[];
  spool: Fate[];
}
const spells: Spell[] = [
  { name: 'before', predictions: 20, table: ['well'], spool: ['well'] },
  { name: 'the table throttles', predictions: 180, table: ['refused'], spool: ['well'] },
  { name: 'some it takes', predictions: 40, table: ['refused', 'well'], spool: ['well'] },
  { name: 'it is silent', predictions: 20, table: ['silent'], spool: ['well'] },
  { name: 'it takes them and says so too late', predictions: 20, table: ['late'], spool: ['well'] },
  {
    name: 'the spool fails too',
    predictions: 50,
    table: ['refused', 'silent', 'late'],
    spool: ['refused', 'silent', 'well', 'late'],
  },
  { name: 'after', predictions: 20, table: ['well'], spool: ['well'] },
];
const began = Date.UTC(2026, 5, 15, 11, 20);

let spell: Spell = spells[0] as Spell;
const from = random(7);
const fateOf = (fates: readonly Fate[]): Fate => fates[from.below(fates.length)] ?? 'well';

/** The id of the log that a request is to write into the table, or into the spool. */
const loggedBy = ({ headers, body }: Passing): string | undefined => {
  if (!String(headers['x-amz-target']).endsWith('.PutItem')) return undefined;
  const { TableName, Item } = JSON.parse(body.toString());
  return TableName === 'logs' ? Item.sk.S : undefined;
};
const spooledBy = ({ method, url }: Passing): string | undefined =>
  method === 'PUT' && url.startsWith('/data/spool/') ? url.split('/').at(-1) : undefined;

const throttled = { __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException' };
const folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
const printed: string[] = [];
const created: string[] = [];
let world: World;
let engine: Awaited<ReturnType<typeof inEngine>>;
let s3: S3;
let table: Awaited<ReturnType<typeof unsteady>>;
let spool: Awaited<ReturnType<typeof unsteady>>;
let id: string;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(began);
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => printed.push(String(line)) > 0);
  const wire = transport.send;
  world = await createWorld();
  const { project_id, model_id } = await withModel(world);
  const body = { model_id, name: 'd', stage: 'production' };
  id = (await world.call('createDeployment', { params: { project_id }, body })).body.id;
  engine = await inEngine(world);
  s3 = await startS3({ folder, onCreated: (bucket, key) => created.push(`${bucket}/${key}`) });
  const { hostname, port } = (await engine.client.config.endpoint?.()) ?? { hostname: '', port: 0 };
  table = await unsteady({
    target: `http://${hostname}:${port}`,
    refusal: { status: 400, body: JSON.stringify(throttled) },
    name: loggedBy,
    fate: () => fateOf(spell.table),
  });
  spool = await unsteady({
    target: s3.url,
    refusal: { status: 503, body: '<Error><Code>SlowDown</Code></Error>' },
    name: spooledBy,
    fate: () => fateOf(spell.spool),
  });
  // From here on the calls that are signed by us go over these wires.
  transport.send = wire;
  process.env.AWS_ENDPOINT_URL_DYNAMODB = table.url;
  process.env.AWS_ENDPOINT_URL_S3 = spool.url;
  for (const bucket of ['models', 'data'])
    await send({ service: 's3', method: 'PUT', url: `${spool.url}/${bucket}`, timeout: 5_000 });
  for (const [place, bytes] of world.store) {
    const [bucket = '', ...key] = place.split('/');
    await objects.put({ bucket, key: key.join('/') }, bytes);
  }
});
afterAll(async () => {
  vi.useRealTimers();
  await Promise.all([table, spool, s3, engine].map((part) => part?.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const metric = (name: string) => printed.filter((line) => line.includes(`"${name}":1`)).length;
const scan = new ScanCommand({ TableName: 'logs', ConsistentRead: true });
const logItems = async () => ((await engine.client.send(scan)).Items ?? []) as Item[];
const waiting = () => objects.list('data', 'spool/');
const ingest = (event: object) => world.functions.get('ingestSpool')?.(event, {} as Context);
const idsOf = (items: readonly Item[]) => items.map(({ sk }) => String(sk?.S));
const namesOf = (passed: readonly Passed[], which: (one: Passed) => boolean) =>
  new Set(passed.filter(which).map(({ name }) => name));

/** Many at once, as an installation has them. */
async function predictAll({ name, predictions }: Spell): Promise<string[]> {
  const numbers = Array.from({ length: predictions }, (_, i) => i);
  const answers = await each(
    numbers,
    async (i) => {
      vi.setSystemTime(Date.now() + from.below(100));
      const inputs = i % 3 === 0 ? [{ f0: i }, { f0: i, f1: 2 }] : [{ f0: i }];
      return world.call('predict', { params: { deployment_id: id }, body: { inputs } });
    },
    20,
  );
  expect(
    answers.map(({ status }) => status),
    name,
  ).toEqual(numbers.map(() => 200));
  return answers.map(({ body }) => String(body.log_ids[0]));
}

const answered: string[] = [];
/** The logs that are somewhere. */
let kept = new Set<string>();

test('while the table of logs is throttled no prediction fails; answered is logged, spooled and counted as dropped, exactly', async () => {
  for (spell of spells) answered.push(...(await predictAll(spell)));
  // What is answered too late is done by then.
  await new Promise((resolve) => setTimeout(resolve, late + 200));
  expect([answered.length, new Set(answered).size]).toEqual([350, 350]);
  for (const { passed } of [table, spool])
    for (const fate of ['well', 'refused', 'silent', 'late'])
      expect(passed.filter((one) => one.fate === fate).length, fate).toBeGreaterThan(4);

  // By what predict heard, each prediction has one outcome: nothing asks the spool but what the table did not answer.
  const asked = namesOf(spool.passed, () => true);
  const logged = answered.filter((one) => !asked.has(one));
  expect(logged.length + metric('LogSpooled') + metric('LogDropped')).toBe(answered.length);
  const heard = (one: Passed) => one.heard && one.fate !== 'refused';
  expect(logged.filter((one) => !namesOf(table.passed, heard).has(one))).toEqual([]);
  const dropped = namesOf(spool.passed, (one) => !heard(one));
  expect(metric('LogDropped')).toBeGreaterThanOrEqual(dropped.size);

  // By what is there: lost is only what was counted as dropped, and of that only what really came to neither place.
  kept = new Set([
    ...idsOf(await logItems()),
    ...(await waiting()).map((key) => key.split('/').at(-1) ?? ''),
  ]);
  const came = ({ fate }: Passed) => fate === 'well' || fate === 'late';
  const arrived = new Set([...namesOf(table.passed, came), ...namesOf(spool.passed, came)]);
  expect(kept).toEqual(arrived);
  const lost = answered.filter((one) => !kept.has(one));
  expect(lost.length).toBeGreaterThan(5);
  expect(lost.filter((one) => !dropped.has(one))).toEqual([]);
}, 60_000);

test('what was spooled comes into the table, announced or not, and lists and metrics have all of it once', async () => {
  // Half of the announcements never come, the others come twice.
  const announced = created.filter((place) => place.startsWith('data/spool/')).filter((_, i) => i % 2 === 0);
  await each([...announced, ...announced], (place) =>
    Promise.resolve(ingest({ detail: { object: { key: place.slice('data/'.length) } } })),
  );
  const unannounced = (await waiting()).length;
  expect(unannounced).toBeGreaterThan(50);
  // An announcement may still come.
  await ingest({});
  expect((await waiting()).length).toBe(unannounced);
  vi.setSystemTime(Date.now() + 11 * 60_000);
  await ingest({});
  expect(await waiting()).toEqual([]);

  const items = await logItems();
  expect(idsOf(items).toSorted()).toEqual([...kept].toSorted());
  const records = items
    .toSorted((a, b) => (String(a.sk?.S) < String(b.sk?.S) ? -1 : 1))
    .map((item, i) => recordOf(item, 10n ** 20n + BigInt(i)));
  for (let at = 0; at < records.length; at += 100)
    expect(await delivered(world, records.slice(at, at + 100))).toBe(Math.min(100, records.length - at));
  vi.setSystemTime(Date.UTC(2026, 5, 15, 13, 10));
  await closeHours(world);
  const rows = items.reduce((sum, { n }) => sum + Number(n?.N), 0);
  const asked = { params: { deployment_id: id } };
  const listed = (await world.call('listInferenceLogs', { ...asked, query: 'limit=1' })).body.total;
  const { requests } = (await world.call('getMetrics', asked)).body;
  expect([listed, requests]).toEqual([rows, items.length]);
  expect(metric('LogsUncounted')).toBe(0);
}, 60_000);
