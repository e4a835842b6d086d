import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import * as baselines from '../../adapters/alerts/baselines.ts';
import { plainItem } from '../../adapters/aws/attributes.ts';
import { FirstLabels } from '../../domain/alerts/metrics/accuracy.ts';
import { alertsOf, minute } from './support/alerting.ts';
import { type Drifting, drifting, itIs, passes, rows } from './support/drifting.ts';

let place: Drifting & ReturnType<typeof alertsOf>;
let model: string;
const plainly = <T>(_: unknown, run: () => Promise<T>) => run();
beforeAll(async () => {
  const world = await drifting();
  place = { ...alertsOf(world.wire), ...world };
  model = await place.model();
});
beforeEach(() => {
  place.hooks.around = plainly;
  place.hooks.entered = (state) => {
    if (state === 'Wait for the counting') passes(5_000);
  };
  passes(60 * minute);
});
afterAll(() => {
  vi.useRealTimers();
});

const shifted = [...rows, ...rows.slice(0, 200)].map((row) => ({
  ...row,
  mean_radius: Number(row.mean_radius) + 10,
}));
const create = (deployment_id: string, more: object) =>
  place.create(place.project_id, { deployment_id, operator: 'gte', threshold: 0.25, ...more });
const ofRule = ({ id }: { id: string }) => place.alerts(place.project_id, `rule_id=${id}`);
const messagesOf = ({ id }: { id: string }) =>
  place.deliveries().filter(({ rule }) => (rule as { id: string }).id === id);
/** Incidents that a back-test tells of. */
const imagined = async ({ id }: { id: string }) => (await place.backtest(id)).body.incidents;
/** The next minute of an hour that ends so, and the evaluator's turn. */
async function evaluateAt(last: number, of = 10) {
  do itIs(Math.floor(Date.now() / minute + 1) * minute);
  while ((Date.now() / minute) % of !== last);
  await place.evaluate();
}

test('a result of drift fires its rules once, by the run that made it', async () => {
  const id = await place.deploy(model);
  const largest = await create(id, { metric: 'drift_psi' });
  const other = await create(id, { metric: 'drift_psi', params: { feature: 'mean_texture' } });
  const predicted = await create(id, { metric: 'prediction_anomaly', threshold: 0, operator: 'gt' });
  await place.predict(id, shifted);
  await place.count();
  await place.run(id);
  const { body: drift } = await place.drift(id);
  const above = Object.entries<{ psi: number; above_noise: boolean }>(drift.features)
    .filter(([, { above_noise }]) => above_noise)
    .toSorted(([, a], [, b]) => b.psi - a.psi);
  const features = above.filter(([, { psi }]) => psi >= 0.25).map(([name]) => name);
  expect(features[0]).toBe('mean_radius');
  expect(await ofRule(largest)).toMatchObject([
    { state: 'firing', value: above[0]?.[1].psi, n: shifted.length, window: drift.window },
  ]);
  expect(messagesOf(largest)).toMatchObject([{ type: 'alert.firing', features: features.slice(0, 10) }]);
  expect(await ofRule(other)).toEqual([]);
  expect(await ofRule(predicted)).toMatchObject([{ value: drift.prediction.psi, n: shifted.length }]);
  // Neither the evaluator finds the same result again, nor does a new one repeat within the cooldown.
  const before = place.watches().find(({ pk }) => pk === `RULE#${largest.id}`)?.rev;
  await evaluateAt(20, 60);
  expect(place.watches().find(({ pk }) => pk === `RULE#${largest.id}`)?.rev).toBe(before);
  await place.run(id);
  expect([messagesOf(largest).length, (await ofRule(largest)).length]).toEqual([1, 1]);
  const [alert] = await ofRule(largest);
  expect(await imagined(largest)).toMatchObject([
    { from: drift.computed_at, value: alert?.value, n: alert?.n },
  ]);
  expect(await imagined(other)).toEqual([]);
  passes(60 * minute);
  expect(await imagined(predicted)).toMatchObject([{ value: drift.prediction.psi, n: shifted.length }]);
});

test('a result that could not be judged is found by the evaluator, once', async () => {
  const id = await place.deploy(model);
  const rule = await create(id, { metric: 'drift_psi' });
  await place.predict(id, shifted);
  await place.count();
  let nth = 0;
  place.hooks.around = (async ({ command }: { command: string }, run: () => Promise<unknown>) => {
    // The run is begun, started, judged and ended.
    if (command === 'TransactWriteItems' && ++nth === 3)
      throw Object.assign(new Error('lost'), { name: 'ValidationException' });
    return run();
  }) as typeof place.hooks.around;
  const { body } = await place.run(id);
  expect(nth).toBe(4);
  place.hooks.around = plainly;
  expect(await place.job(body.job_id)).toMatchObject({ status: 'succeeded' });
  expect(await ofRule(rule)).toEqual([]);
  await evaluateAt(20, 60);
  await evaluateAt(40, 60);
  expect(await ofRule(rule)).toMatchObject([
    { state: 'firing', window: (await place.drift(id)).body.window },
  ]);
  expect(messagesOf(rule)).toHaveLength(1);
});

test('a rule that is made later looks at the last result at once', async () => {
  const id = await place.deploy(model);
  await place.predict(id, shifted);
  await place.count();
  await place.run(id);
  const rule = await create(id, { metric: 'drift_psi' });
  await evaluateAt(7);
  expect(await ofRule(rule)).toHaveLength(1);
});

test('predictions are looked at every ten minutes, and without a baseline there is no verdict', async () => {
  const id = await place.deploy(model);
  const rule = await create(id, { metric: 'prediction_anomaly', threshold: 0, operator: 'gt' });
  await evaluateAt(5);
  await place.predict(id, rows.slice(0, 250));
  await place.count();
  for (const last of [6, 8, 9]) await evaluateAt(last);
  expect(await ofRule(rule)).toEqual([]);
  await evaluateAt(1);
  await place.run(id);
  const { body } = await place.drift(id);
  expect(await ofRule(rule)).toMatchObject([{ value: body.prediction.psi, n: 250 }]);
  const bare = await place.deploy(await place.model(null));
  const without = await create(bare, { metric: 'prediction_anomaly', threshold: 0 });
  await evaluateAt(1);
  const shown = await place.call('getAlertRule', { params: { rule_id: without.id } });
  expect(shown.body.rule.state).toBe('insufficient');
});

/** Predictions with what came true: of so many the first ones wrong. */
async function labelled(id: string, some: typeof rows, wrong: number): Promise<void> {
  const target = `/api/mlops/deployments/${id}`;
  const { body } = await place.send('POST', `${target}/predict`, { body: { inputs: some } });
  const actuals = body.log_ids.map((log: string, i: number) => {
    const { prediction } = body.predictions[i];
    return { id: log, actual: i < wrong ? (prediction === '1' ? '0' : '1') : prediction };
  });
  const got = await place.send('POST', `${target}/actuals`, { body: { actuals } });
  if (got.status !== 200) throw new Error(JSON.stringify(got.body));
  await place.count();
}

/** A model of which a metric was told at registration, and a deployment of it. */
async function registered(metrics: object): Promise<string> {
  const body = { project_id: place.project_id, name: `model ${Math.random()}`, metrics };
  const { id } = (await place.send('POST', '/api/models', { body })).body;
  const [, bytes] = [...place.store].find(([key]) => key === `models/uploads/${model}/artifact`) ?? [];
  place.store.set(`models/uploads/${id}/artifact`, Buffer.from(bytes ?? ''));
  await place.send('POST', `/api/models/${id}/complete`);
  return place.deploy(id);
}

test('accuracy is what was registered less what the metrics say, judged when labels have come in', async () => {
  const id = await registered({ accuracy: 0.97 });
  const rule = await create(id, { metric: 'accuracy_degradation', operator: 'gt', threshold: 0.05 });
  const accuracy = async () => {
    const since = encodeURIComponent(new Date(Date.now() - 7 * 24 * 60 * minute).toISOString());
    const { body } = await place.send('GET', `/api/mlops/deployments/${id}/metrics?since=${since}`);
    return body.quality;
  };
  await labelled(id, rows.slice(0, 99), 50);
  await evaluateAt(1);
  expect(await ofRule(rule)).toEqual([]);
  await labelled(id, rows.slice(0, 101), 0);
  const { metrics, labels } = await accuracy();
  await evaluateAt(1);
  const value = 0.97 - metrics.accuracy;
  expect([labels, value]).toEqual([200, 0.97 - 150 / 200]);
  expect(await ofRule(rule)).toMatchObject([{ state: 'firing', value, n: 200 }]);
  const rev = () => place.watches().find(({ pk }) => pk === `RULE#${rule.id}`)?.rev;
  const before = rev();
  await evaluateAt(1);
  expect(rev()).toBe(before);
  await labelled(id, [...rows, ...rows, ...rows].slice(0, 1000), 0);
  await evaluateAt(1);
  await labelled(id, rows.slice(0, 10), 0);
  await evaluateAt(1);
  expect(await ofRule(rule)).toMatchObject([{ closed_by: 'recovered' }]);
});

test('where nothing was registered the first five hundred labels say how good a model was, for ever', async () => {
  const id = await registered({});
  const rule = await create(id, { metric: 'accuracy_degradation', operator: 'gt', threshold: 0.05 });
  await labelled(id, rows.slice(0, 400), 20);
  await evaluateAt(1);
  const kept = () => place.table.items('aggregates').filter(({ sk }) => sk?.S === 'LABELS');
  expect(kept()).toEqual([]);
  await labelled(id, rows.slice(0, 200), 10);
  await Promise.all([evaluateAt(1), place.evaluate()]);
  const [first] = kept();
  expect([first?.value, first?.labels]).toEqual([{ S: '0.95' }, { N: '600' }]);
  const { pk: _, sk: __, v: ___, ...read } = plainItem(first as never);
  const again = FirstLabels.parse({ ...read, value: 0.1 });
  expect(await baselines.freeze(String(first?.pk?.S).slice(2), again)).toBe(false);
  passes(60 * minute);
  await labelled(id, rows.slice(0, 100), 30);
  await evaluateAt(1);
  const [alert] = await ofRule(rule);
  expect(alert).toMatchObject({ n: 100 });
  expect(alert?.value).toBeCloseTo(0.95 - 0.7, 12);
  expect(kept()).toEqual([first]);
  passes(60 * minute);
  expect(await imagined(rule)).toMatchObject([{ to: null, value: alert?.value, n: 100 }]);
});

test('an hour with another number of requests than ever at this time of the day is told once it is over', async () => {
  const id = await place.deploy(model);
  const day = 24 * 60 * minute;
  const start = Math.floor(Date.now() / (60 * minute) + 1) * 60 * minute;
  const rule = await create(id, {
    ...{ metric: 'prediction_anomaly', params: { of: 'volume' }, operator: 'gt', threshold: 4 },
  });
  for (let i = 0; i <= 8; i++) {
    itIs(start + i * day + 30 * minute);
    await place.log(id, start + i * day + 10 * minute, { times: i === 8 ? 0 : 20 + i });
    await place.count();
    itIs(start + i * day + 72 * minute);
    await place.functions.get('closeHours')?.({}, {} as Context);
    expect(await ofRule(rule)).toEqual([]);
    await evaluateAt(15, 60);
  }
  // Eight days with 20 to 27 requests: the median is 23.5, the deviations' median 2.
  const [alert] = await ofRule(rule);
  expect(alert).toMatchObject({ n: 8, value: 23.5 / Math.sqrt(23.5) });
  expect(alert?.window).toEqual({
    from: new Date(start + 8 * day).toISOString().replace('.000', ''),
    to: new Date(start + 8 * day + 60 * minute).toISOString().replace('.000', ''),
  });
  const { body } = await place.backtest(rule.id);
  expect(body.incidents).toMatchObject([{ value: alert?.value, n: 8, to: null }]);
});
