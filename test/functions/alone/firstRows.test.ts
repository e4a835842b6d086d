import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import * as aggregates from '../../../adapters/aggregates/aggregates.ts';
import * as lanes from '../../../adapters/aggregates/lanes.ts';
import { transport } from '../../../adapters/aws/signed.ts';
import * as deployments from '../../../adapters/deployments/deployments.ts';
import * as models from '../../../adapters/models/models.ts';
import { countsOf } from '../../../domain/aggregates/lane.ts';
import { type Sums, sumOf } from '../../../domain/aggregates/tally.ts';
import { binner } from '../../../domain/drift/bin.ts';
import type { Profile, Raw } from '../../../domain/drift/profile.ts';
import { baselineFrom } from '../../../functions/kit/drift/firstRows.ts';
import { chance } from '../../domain/aggregates/samples.ts';
import { closeHours, delivered, logAt, logStream, type StreamRecord } from '../../support/logs.ts';
import { hour, itIs, logsOf, noon } from '../support/counting.ts';
import { openWire, type Wire } from '../support/wire.ts';

let wire: Wire;
let next: () => StreamRecord[];
let project_id: string;
let now = noon;
const pass = (milliseconds: number) => {
  now += milliseconds;
  itIs(now);
};
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  itIs(now);
  wire = await openWire();
  next = logStream(wire);
  ({ project_id } = await wire.ready());
});
afterEach(() => {
  wire.hooks.around = (_, run) => run();
});
afterAll(() => {
  expect(wire.printed.join('')).not.toContain('ERROR');
  vi.useRealTimers();
});

const random = chance(3);
const tumour = readFileSync('local/sample/tumour-xgboost.json');
const [header = '', ...lines] = readFileSync('local/sample/baseline.csv', 'utf8').trim().split('\n');
const table = lines.map((line) => {
  const cells = line.split(',');
  return Object.fromEntries(header.split(',').map((name, i) => [name, Number(cells[i])]));
});
const drawn = (rows: number): Raw[] =>
  Array.from({ length: rows }, () => table[Math.floor(random() * table.length)] ?? {});

async function registered(): Promise<string> {
  const body = { project_id, name: `model ${Math.random()}` };
  const { id } = (await wire.send('POST', '/api/models', { body })).body;
  wire.store.set(`models/uploads/${id}/artifact`, tumour);
  const { status } = await wire.send('POST', `/api/models/${id}/complete`);
  expect(status).toBe(200);
  return id;
}

/** A row that was answered, with what the baseline is to make of it. */
interface Row {
  id: string;
  record: Raw;
  answer: { prediction: string; probabilities: Record<string, number> };
}
type Predict = (deployment: string, inputs: Raw[], options?: object) => Promise<Row[]>;

const predict: Predict = async (deployment, inputs, options) => {
  const { status, body } = await wire.send('POST', `/api/mlops/deployments/${deployment}/predict`, {
    body: { inputs, options: { include_probabilities: true, ...options } },
  });
  expect(status).toBe(200);
  return inputs.map((record, i) => ({ id: body.log_ids[i], record, answer: body.predictions[i] }));
};

/** So many batches of 100, one a second. */
async function traffic(deployment: string, batches: number, how: Predict = predict): Promise<Row[]> {
  const rows: Row[] = [];
  for (let i = 0; i < batches; i++) {
    rows.push(...(await how(deployment, drawn(100))));
    pass(1000);
  }
  return rows;
}

/** What the computation of drift does before it sums. */
async function baseline(deployment: string) {
  const of = await deployments.find(deployment);
  const model = of && (await models.get(project_id, of.model_id));
  if (!of || !model) throw new Error('there is no such deployment');
  return baselineFrom(of, model, Date.now());
}

const deliver = async () => {
  const records = next();
  for (let at = 0; at < records.length; at += 100) await delivered(wire, records.slice(at, at + 100));
};
const inLanes = async (deployment: string): Promise<Sums> => {
  const hours = await Promise.all([0, 1, 2].map((i) => lanes.inHour(deployment, noon + i * hour)));
  return sumOf(hours.flat().map(({ lane }) => lane.sums));
};
const binsOf = (profile: Profile, rows: readonly Row[]) =>
  countsOf(rows.map(({ record, answer }) => binner(profile)(record, answer)));
const unbinned = (deployment: string) =>
  wire.table
    .items('logs')
    .filter(({ pk, b }) => String(pk?.S).startsWith(deployment) && b === undefined)
    .reduce((sum, { n }) => sum + Number(n?.N), 0);

/** The predict of another process, which has nothing loaded. */
async function elsewhere(): Promise<Predict> {
  vi.resetModules();
  const fresh = await import('../../../functions/inference/predict.ts');
  (await import('../../../adapters/aws/signed.ts')).transport.send = transport.send;
  const here = wire.functions.get('predict');
  return async (...asked) => {
    wire.functions.set('predict', fresh.handler as never);
    try {
      return await predict(...asked);
    } finally {
      if (here) wire.functions.set('predict', here);
    }
  };
}

test('the first 1,000 rows become its baseline, and every later one is live exactly once', async () => {
  const id = await registered();
  const deployment = await wire.deploy(project_id, id);
  const other = await elsewhere();
  // The boundary lies within a request, and some rows are not answered or not stored.
  const rows = await predict(deployment, drawn(60));
  await predict(deployment, drawn(50), { store_payload: false });
  await wire.send('POST', `/api/mlops/deployments/${deployment}/predict`, {
    body: { inputs: { mean_radius: 'thick' } },
  });
  pass(1000);
  rows.push(...(await traffic(deployment, 9)));
  rows.push(...(await predict(deployment, drawn(39))));
  // One row too few: nothing is written.
  pass(5000);
  const before = wire.kept();
  expect(await baseline(deployment)).toBeUndefined();
  expect(wire.kept()).toBe(before);
  rows.push(...(await traffic(deployment, 2)));
  rows.push(...(await traffic(deployment, 1, other)));
  pass(2000);
  await deliver();

  const made = await baseline(deployment);
  if (!made) throw new Error('there is no baseline');
  const { profile } = made;
  expect(made).toMatchObject({ partial: false, left_out: 0, profile: { source: 'first_rows', rows: 1000 } });
  expect(profile.score?.bins.counts.reduce((sum, count) => sum + count, 0)).toBe(1000);
  const first = rows.slice(0, 1000);
  // Bins of the same rows against the profile that they made.
  const bins = binsOf(profile, first);
  for (const [i, { counts }] of profile.features.entries())
    expect(counts.map((_, bin) => bins[i]?.[bin] ?? 0)).toEqual(counts);
  expect(bins.at(-1)).toEqual(profile.score?.bins.counts.slice(0, bins.at(-1)?.length));
  const { model } = (await wire.send('GET', `/api/models/${id}`)).body;
  expect(model).toMatchObject({ has_baseline: true, baseline_rows: 1000, baseline_refused: null });

  // At once: what was logged up to now is counted, from its inputs.
  expect((await inLanes(deployment)).binned).toBe(rows.length - 1000);
  // Nobody has learned yet; a few seconds later everybody has, who is new among them.
  rows.push(...(await traffic(deployment, 2)));
  const late = unbinned(deployment);
  pass(11_000);
  rows.push(...(await traffic(deployment, 2)));
  rows.push(...(await traffic(deployment, 2, other)));
  rows.push(...(await traffic(deployment, 1, await elsewhere())));
  expect(unbinned(deployment)).toBe(late);
  pass(60_000);
  await deliver();
  await baseline(deployment);
  const counted = await inLanes(deployment);
  expect(counted.binned).toBe(rows.length - 1000);
  expect(counted.bins).toEqual(binsOf(profile, rows.slice(1000)));
  const logs = logsOf(wire, deployment);
  expect(counted).toMatchObject({ requests: logs.length, rows: rows.length + 51, errors: 1 });

  // Again, later, and by somebody else: nothing changes, and nothing of the logs is read any more.
  const aggregated = JSON.stringify(wire.table.items('aggregates'));
  wire.table.resetUnits();
  expect(await baseline(deployment)).toEqual({ ...made, left_out: 0 });
  expect(wire.table.units.by.get('Query')).toBeUndefined();
  expect(JSON.stringify(wire.table.items('aggregates'))).toBe(aggregated);

  // The hour closes with them.
  pass(noon + 1.2 * hour - now);
  await closeHours(wire);
  const [closed] = await aggregates.hoursOfDay(deployment, noon - 12 * hour);
  expect(closed).toEqual({ ...counted, status: closed?.status });
});

/** Requests of so many rows each as predictions log them that know of no baseline, a second apart and all past. */
async function logged(deployment_id: string, requests: readonly number[]) {
  for (const rows of requests) {
    const told = { predictions: Array(rows).fill('1'), probabilities: Array(rows).fill([0.25, 0.75]) };
    await logAt(deployment_id, now, random, { rows, inputs: drawn(rows), ...told });
    pass(1000);
  }
  pass(2000);
}

test('wherever a run stops, the next ones end what it began, and nothing counts twice', async () => {
  /** Fails every write of a run from this one on, the first of them before or after it is done. */
  const stopping = async (at: number, when: 'before' | 'after') => {
    const deployment = await wire.deploy(project_id, await registered());
    await logged(deployment, [999, 51]);
    let calls = 0;
    wire.hooks.around = async (call, run) => {
      if (!/Put|PUT|Update|Transact/.test(call.command) || ++calls < at) return run();
      if (when === 'after' && calls === at) await run();
      throw Object.assign(new Error('it stops here'), { $retryable: undefined });
    };
    const run = await baseline(deployment).catch(() => 'stopped');
    wire.hooks.around = (_, run) => run();
    pass(70_000);
    await baseline(deployment);
    await baseline(deployment);
    expect([at, (await inLanes(deployment)).binned]).toEqual([at, 50]);
    return run === 'stopped';
  };
  let writes = 0;
  while (await stopping(writes + 1, 'before')) writes++;
  // The profile, the model, two marks, and what was counted.
  expect(writes).toBe(5);
  expect(await stopping(writes, 'after')).toBe(true);
});

test('of runs at once one makes the baseline; to another deployment of the model all of its rows are live', async () => {
  const id = await registered();
  const [one, two] = [await wire.deploy(project_id, id), await wire.deploy(project_id, id, { name: 'two' })];
  await logged(one, [990, 60]);
  await logged(two, [960, 80]);
  const made = await Promise.all([one, two, one, two].map(baseline));
  const row = await models.get(project_id, id);
  for (const of of made) expect(of).toEqual({ ...made[0], created_at: row?.first_rows?.at });
  pass(70_000);
  await Promise.all([one, two, one, two].map(baseline));
  expect((await models.get(project_id, id))?.profile).toEqual(row?.profile);
  const binned = [(await inLanes(one)).binned, (await inLanes(two)).binned];
  expect(binned).toEqual(row?.first_rows?.deployment_id === one ? [50, 1040] : [1050, 40]);
});

test('while a baseline cannot be read, predictions are answered, and have bins again as soon as it can', async () => {
  const id = await registered();
  const deployment = await wire.deploy(project_id, id);
  const other = await elsewhere();
  await other(deployment, drawn(1));
  await logged(deployment, [1000]);
  await baseline(deployment);
  wire.hooks.around = (call, run) =>
    call.command === 'GET' ? Promise.reject(new Error('no answer')) : run();
  pass(11_000);
  await other(deployment, drawn(1));
  expect(unbinned(deployment)).toBe(1002);
  wire.hooks.around = (_, run) => run();
  pass(6_000);
  wire.table.resetUnits();
  await other(deployment, drawn(1));
  // The deployment and the model, as every five seconds; once the bins are known, the deployment alone.
  expect(wire.table.units.by.get('GetItem')?.calls).toBe(2);
  expect(unbinned(deployment)).toBe(1002);
  expect(wire.printed.splice(0).filter((line) => line.includes('ERROR'))).toHaveLength(1);
});

test('rows of an hour that is closed already are counted when it is closed anew', async () => {
  const deployment = await wire.deploy(project_id, await registered());
  pass(hour - (now % hour) + 60_000);
  const of = now - 60_000;
  await logged(deployment, [1000, 70]);
  await deliver();
  pass(1.5 * hour);
  await closeHours(wire);
  const [before] = await aggregates.timedRows(deployment, 'hourSums', [of]);
  expect(before).toMatchObject({ requests: 2, rows: 1070, binned: 0 });
  await baseline(deployment);
  await closeHours(wire);
  const [after] = await aggregates.timedRows(deployment, 'hourSums', [of]);
  expect(after).toEqual({
    ...before,
    binned: 70,
    bins: (await lanes.inHour(deployment, of)).at(-1)?.lane.sums.bins,
  });
  const [day] = await aggregates.timedRows(deployment, 'daySums', [of - (of % (24 * hour))]);
  expect(day).toMatchObject({ requests: 2, rows: 1070, binned: 70 });
});
