import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { hour, itIs, noon } from './support/counting.ts';
import { labelling, type Predicted, type Report, tumourModel, tumours } from './support/labelling.ts';

/** The labels come two hours after the first predictions. */
const now = noon + 2 * hour + 60_000;
let place: Awaited<ReturnType<typeof labelling>>;
let tumour: Awaited<ReturnType<typeof place.deploy>>;
beforeAll(async () => {
  place = await labelling();
  tumour = await place.deploy(tumourModel);
});
afterEach(() => {
  place.world.hooks.around = (_, run) => run();
});
afterAll(async () => {
  vi.useRealTimers();
  await place.stop();
});

const sample = tumours();
const rows = (from: number, n: number) => sample.slice(from, from + n).map(({ inputs }) => inputs);
const mean = (of: number[]) => of.reduce((sum, x) => sum + x, 0) / of.length;
const areEqual = async (of = tumour) => {
  const { found, wanted } = await place.counters(of);
  expect(wanted.length).toBeGreaterThan(0);
  expect(found).toEqual(wanted);
};

/** The share of pairs that the score ranks right. */
function exactAuc(of: { score: number; yes: boolean }[]): number {
  const wins = of
    .filter(({ yes }) => yes)
    .flatMap((a) =>
      of.filter(({ yes }) => !yes).map((b) => (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0)),
    );
  return mean(wins);
}

test('a classifier is judged by what came true: accuracy, log loss, AUC and pairs are those of a direct computation', async () => {
  const { id } = tumour;
  const predicted: Predicted[] = [];
  for (let at = 0; at < 400; at += 40) predicted.push(...(await place.predict(id, rows(at, 40))));
  await place.count();
  itIs(now);
  // Every tenth label is another, so that there is something to be wrong about.
  const actuals = predicted.slice(0, 300).map((one, i) => {
    const actual = sample[i]?.actual ?? '';
    return { id: one.id, actual: i % 10 ? actual : String(1 - Number(actual)) };
  });
  const { status, body } = await place.report(id, actuals);
  expect([status, body]).toEqual([200, { ok: true, accepted: 300, unknown: [] }]);
  const quality = await place.quality(id);
  const judged = actuals.map(({ actual }, i) => ({ ...(predicted[i] as Predicted), actual }));
  const accuracy = mean(judged.map(({ prediction, actual }) => Number(prediction === actual)));
  const loss = mean(judged.map(({ probabilities, actual }) => -Math.log(probabilities?.[actual] ?? 0)));
  const score = ({ probabilities }: Predicted) => probabilities?.['1'] ?? 0;
  expect(quality).toMatchObject({ status: 'judged', labels: 300, coverage: 300 / 400 });
  expect(Math.abs(quality.median_lag_seconds / 7200 - 1)).toBeLessThan(0.076);
  expect(quality.metrics.accuracy).toBe(accuracy);
  expect(quality.metrics.log_loss).toBeCloseTo(loss, 5);
  const ranked = judged.map((one) => ({ score: Math.floor(score(one) * 100), yes: one.actual === '1' }));
  expect(quality.metrics.auc).toBeCloseTo(exactAuc(ranked), 2);
  expect(quality.metrics.auc).toBeCloseTo(
    exactAuc(judged.map((one) => ({ score: score(one), yes: one.actual === '1' }))),
    2,
  );
  for (const { predicted: label, actual, count } of quality.pairs)
    expect(count).toBe(judged.filter((one) => one.prediction === label && one.actual === actual).length);
  await areEqual();
});

test('a repeat counts once, a correction corrects, and the last word about a row holds', async () => {
  const { id } = await place.deploy(tumourModel);
  const of = await place.predict(id, rows(0, 3));
  const wrong = of.map(({ id, prediction }) => ({ id, actual: prediction === '1' ? 0 : 1 }));
  const right = of.map(({ id, prediction }) => ({ id, actual: prediction }));
  for (const _ of [1, 2]) expect((await place.report(id, wrong)).body.accepted).toBe(3);
  expect(await place.quality(id)).toMatchObject({
    status: 'insufficient_data',
    labels: 3,
    metrics: { accuracy: 0 },
  });
  expect((await place.report(id, [...wrong, ...right])).body).toEqual({ ok: true, accepted: 3, unknown: [] });
  const { labels, metrics, pairs } = await place.quality(id);
  expect([labels, metrics.accuracy]).toEqual([3, 1]);
  expect(pairs.every((pair: { predicted: string; actual: string }) => pair.predicted === pair.actual)).toBe(
    true,
  );
});

test('a regression has the errors of a direct computation, whatever text its numbers come in', async () => {
  const { id, ...rest } = await place.deploy('lightgbm-regression.txt');
  const inputs = Array.from({ length: 120 }, (_, i) => ({
    age: Math.sin(i),
    income: Math.cos(i),
    ratio: i / 60 - 1,
    visits: i % 7,
    unused: 0,
    ['__proto__']: null,
  }));
  const of = await place.predict(id, inputs);
  await place.count();
  const actual = (i: number) => 3 * Math.sin(i) + i / 40;
  const reports = of.map(({ id }, i) => ({ id, actual: i % 2 ? actual(i) : String(actual(i)) }));
  expect((await place.report(id, reports)).body.accepted).toBe(120);
  const errors = of.map(({ prediction }, i) => Number(prediction) - actual(i));
  const { metrics, ...quality } = await place.quality(id);
  expect(metrics.mae).toBeCloseTo(mean(errors.map(Math.abs)), 5);
  expect(metrics.rmse).toBeCloseTo(Math.sqrt(mean(errors.map((error) => error * error))), 5);
  expect(metrics.bias).toBeCloseTo(mean(errors), 5);
  expect(quality).toMatchObject({ status: 'judged', labels: 120, coverage: 1 });
  expect(quality.pairs).toBeUndefined();
  const text = await place.report(id, [reports[0], { id: of[1]?.id, actual: 'much' }]);
  expect([text.status, text.body.detail]).toEqual([
    422,
    [
      {
        type: 'float_parsing',
        loc: ['body', 'actuals', 1, 'actual'],
        msg: 'Input should be a valid number, unable to parse string as a number',
      },
    ],
  ]);
  await areEqual({ id, ...rest });
});

test('of several classes the log loss is within a thousandth', async () => {
  const { id } = await place.deploy('lightgbm-multiclass.txt');
  const inputs = Array.from({ length: 60 }, (_, i) => ({
    age: Math.sin(i),
    income: i / 30 - 1,
    visits: i % 5,
  }));
  const of = await place.predict(id, inputs);
  const labels = Object.keys(of[0]?.probabilities ?? {});
  const actuals = of.map(({ id }, i) => ({ id, actual: labels[i % labels.length] ?? '' }));
  expect((await place.report(id, actuals)).status).toBe(200);
  const loss = mean(
    of.map(({ probabilities }, i) => -Math.log(probabilities?.[actuals[i]?.actual ?? ''] ?? 0)),
  );
  const { metrics } = await place.quality(id);
  expect(Math.abs(metrics.log_loss - loss)).toBeLessThan(1e-3);
  expect(metrics).not.toHaveProperty('auc');
});

test('a late label counts in the hour of its prediction, also when the deployment is archived and has more shards by then', async () => {
  const { id, project_id, model_id } = await place.deploy(tumourModel);
  const of = await place.predict(id, rows(0, 12));
  await place.count();
  const Key = { pk: { S: `P#${project_id}` }, sk: { S: `D#online#${id}` } };
  const update = { ExpressionAttributeNames: { '#shards': 'log_shards' } };
  const ExpressionAttributeValues = { ':n': { N: '64' } };
  const set = { TableName: 'control', Key, UpdateExpression: 'SET #shards = :n', ...update };
  await place.send('UpdateItem', { ...set, ExpressionAttributeValues });
  expect((await place.world.call('deactivateDeployment', { params: { deployment_id: id } })).status).toBe(
    200,
  );
  itIs(noon + 20 * 24 * hour);
  const gets = place.around('BatchGetItem', (_, run) => run());
  const observed_at = new Date(now + 12 * 24 * hour).toISOString();
  const reports = of.map(({ id }) => ({ id, actual: '1', observed_at }));
  expect((await place.report(id, reports)).body.accepted).toBe(12);
  expect(gets()).toBeLessThanOrEqual(7);
  expect(await place.quality(id)).toMatchObject({
    labels: 0,
    coverage: 0,
    median_lag_seconds: null,
    metrics: {},
  });
  const then = `since=${new Date(noon).toISOString()}&until=${new Date(noon + 3 * hour).toISOString()}`;
  const quality = await place.quality(id, then);
  expect(quality).toMatchObject({ labels: 12, coverage: 1 });
  expect(Math.abs(quality.median_lag_seconds / (12 * 86_400) - 1)).toBeLessThan(0.08);
  const list = await place.world.call('listInferenceLogs', {
    params: { deployment_id: id },
    query: 'limit=12',
  });
  expect(list.body.items.map(({ actual }: Report) => actual)).toEqual(new Array(12).fill('1'));
  itIs(now);
  await areEqual({ id, project_id, model_id });
});

// The last ones: from here on the tables are those of the local stack.
describe('on the engine of the local stack', () => {
  beforeAll(async () => {
    expect(await place.toEngine()).toBe(true);
  });

  test('a thousand labels of one request are one transaction, and lists show each beside its row', async () => {
    const deployment = await place.deploy(tumourModel);
    const { id } = deployment;
    const inputs = Array.from({ length: 1000 }, (_, i) => sample[i % sample.length]?.inputs ?? {});
    const of = await place.predict(id, inputs);
    const labels = of.map((_, i) => (i % 3 ? '1' : `label ${i}`));
    const writes = place.around('TransactWriteItems', (_, run) => run());
    const { body } = await place.report(
      id,
      of.map(({ id }, i) => ({ id, actual: labels[i] })),
    );
    expect([body.accepted, writes()]).toEqual([1000, 1]);
    const [item, ...others] = await place.logs(id);
    expect(others).toEqual([]);
    expect(place.bytesOf(item ?? {})).toBeLessThan(16 * 1024);
    const shown: { id: string; actual: string }[] = [];
    for (const offset of [0, 500])
      shown.push(
        ...(
          await place.world.call('listInferenceLogs', {
            params: { deployment_id: id },
            query: `limit=500&offset=${offset}`,
          })
        ).body.items,
      );
    expect(shown.map(({ actual }) => actual).toReversed()).toEqual(labels);
    await areEqual(deployment);
  });

  test('reports, repeats and corrections of many hours leave counters that are those of the labels', async () => {
    const deployment = await place.deploy('lightgbm-regression.txt');
    const of: Predicted[] = [];
    for (let i = 0; i < 12; i++) {
      itIs(now + i * 7 * hour);
      of.push(...(await place.predict(deployment.id, [{ age: i }, { age: -i }])));
    }
    const report = (by: number) =>
      place.report(
        deployment.id,
        of.map(({ id }, i) => ({ id, actual: 1e9 ** (i % 3) * by })),
      );
    for (const by of [1, 1, -2])
      expect((await report(by)).body).toEqual({ ok: true, accepted: 24, unknown: [] });
    await areEqual(deployment);
    const since = new Date(now).toISOString();
    const { labels, metrics } = await place.quality(deployment.id, `since=${since}`);
    const errors = of.map(({ prediction }, i) => Number(prediction) + 2 * 1e9 ** (i % 3));
    expect(labels).toBe(24);
    expect(metrics.mae / mean(errors.map(Math.abs))).toBeCloseTo(1, 6);
    expect(metrics.rmse / Math.sqrt(mean(errors.map((error) => error ** 2)))).toBeCloseTo(1, 6);
  });
});
