import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { alerting, hour, itIs, minute, noon } from './support/alerting.ts';
import { metric } from './support/counting.ts';

let place: Awaited<ReturnType<typeof alerting>>;
let project_id: string;
let now = noon;
beforeAll(async () => {
  place = await alerting();
  const [deployment_id] = place.ids;
  const { body } = await place.world.call('getDeployment', { params: { deployment_id } });
  project_id = body.deployment.project_id;
});
beforeEach(() => {
  place.printed.length = 0;
  // Nothing of what a test logs is in a window of the next one.
  now += 3 * hour;
  itIs(now);
});
afterEach(async () => {
  place.world.hooks.around = (_, run) => run();
  const { body } = await place.world.call('listAlertRules', { params: { project_id }, query: 'limit=200' });
  for (const { rule_id } of body.items) await place.world.call('deleteAlertRule', { params: { rule_id } });
});
afterAll(() => {
  vi.useRealTimers();
});

/** A deployment of its own, with a rule on it. */
async function watched(more: object = {}) {
  const { body: shown } = await place.world.call('getDeployment', {
    params: { deployment_id: place.ids[0] },
  });
  const body = { model_id: shown.deployment.model_id, name: 'watched', stage: 'staging' };
  const made = await place.world.call('createDeployment', { params: { project_id }, body });
  const deployment_id: string = made.body.id;
  return { deployment_id, rule: await place.create(project_id, { deployment_id, ...more }) };
}

/** A minute in which so many were asked for, and then the evaluator's turn. */
async function passes(id: string, of: { good?: number; bad?: number; latency?: number }) {
  const { good = 0, bad = 0, latency } = of;
  await place.log(id, now, { times: good, latency });
  await place.log(id, now, { times: bad, status: 500, latency });
  await place.count();
  now += minute;
  itIs(now);
  await place.evaluate();
}

const ofRule = (id: string) => place.alerts(project_id, `rule_id=${id}`);
const messagesOf = (id: string) =>
  place.deliveries().filter(({ rule }) => (rule as { id: string }).id === id) as {
    type: string;
    alert: object;
  }[];

const rangeOf = ({ window }: Record<string, unknown> = {}) => {
  const { from, to } = window as { from: string; to: string };
  return { from: Date.parse(from), to: Date.parse(to) };
};

/** What the metrics say of the window of an alert. */
async function metricsOver(deployment_id: string, alert: Record<string, unknown> = {}, step = 60) {
  const { from, to } = rangeOf(alert);
  const query = `step=${step}&since=${new Date(from).toISOString()}&until=${new Date(to).toISOString()}`;
  return (await place.world.call('getMetrics', { params: { deployment_id }, query })).body;
}

/** Calls of DynamoDB from now on, by command. */
function calls(): string[] {
  const made: string[] = [];
  place.world.hooks.around = ({ command }, run) => {
    made.push(command);
    return run();
  };
  return made;
}

test('a minute without rules costs one Query', async () => {
  const made = calls();
  await place.evaluate();
  expect(made).toEqual(['Query']);
});

test('errors open one incident at the third breach, which the metrics agree with, and end in one message', async () => {
  const { deployment_id, rule } = await watched({ threshold: 20 });
  await passes(deployment_id, { good: 19 });
  expect((await place.watches()).length).toBe(1);
  for (let i = 0; i < 2; i++) await passes(deployment_id, { good: 5, bad: 15 });
  expect([await ofRule(rule.id), messagesOf(rule.id)]).toEqual([[], []]);
  await passes(deployment_id, { good: 5, bad: 15 });
  const [alert, ...others] = await ofRule(rule.id);
  expect(others).toEqual([]);
  expect(alert).toMatchObject({ state: 'firing', deployment_id, value: (100 * 45) / 79, n: 79 });
  const metrics = await metricsOver(deployment_id, alert);
  expect([metrics.error_rate, metrics.rows]).toEqual([alert?.value, alert?.n]);
  for (let i = 0; i < 3; i++) await passes(deployment_id, { good: 5, bad: 15 });
  expect(messagesOf(rule.id).map(({ type }) => type)).toEqual(['alert.firing']);
  now += 40 * minute;
  for (let i = 0; i < 4; i++) await passes(deployment_id, { good: 25 });
  expect(messagesOf(rule.id).map(({ type }) => type)).toEqual(['alert.firing', 'alert.resolved']);
  expect(await ofRule(rule.id)).toMatchObject([{ state: 'resolved', closed_by: 'recovered' }]);
});

test('a quiet minute costs the rules, the deployment, the watch and the lanes of two hours, and writes nothing', async () => {
  const { deployment_id } = await watched({});
  await watched({ deployment_id, metric: 'latency_p99', threshold: 1000 });
  await passes(deployment_id, { good: 30 });
  now += minute;
  itIs(now);
  const made = calls();
  await place.evaluate();
  expect(made.toSorted()).toEqual([...new Array(3).fill('GetItem'), ...new Array(3).fill('Query')]);
});

test('the latency of an incident is that of the metrics', async () => {
  const { deployment_id, rule } = await watched({
    ...{ metric: 'latency_p99', threshold: 80, for: { breaches: 1, of: 1 }, min_samples: 50 },
  });
  await passes(deployment_id, { good: 49, latency: 120 });
  expect(await ofRule(rule.id)).toEqual([]);
  await passes(deployment_id, { good: 10, latency: 90 });
  const [alert] = await ofRule(rule.id);
  const metrics = await metricsOver(deployment_id, alert);
  expect(alert).toMatchObject({ value: metrics.latency_ms.p99, n: 59 });
  expect(Math.abs(metrics.latency_ms.p99 / 120 - 1)).toBeLessThan(0.076);
});

test.each([
  ['a day and a half', 2190, 2 * hour],
  ['three days', 4320, 3 * hour],
  ['more than a week', 11_000, 7 * hour],
])('a window of %s holds what the metrics say', async (_, window_minutes, every) => {
  const { deployment_id, rule } = await watched({
    ...{ window_minutes, threshold: 0, for: { breaches: 1, of: 1 } },
  });
  // From eighteen hours before the window begins something is logged early in an hour; nobody looks until the end.
  now = Math.ceil(now / hour) * hour;
  // A window of a week or less begins within an hour, whose logs are all before it.
  const begin = now + 18 * hour + (window_minutes > 10_000 ? 0 : 40 * minute);
  const end = begin + window_minutes * minute;
  for (let i = 0; now + every < end; i++) {
    now += every;
    itIs(now + 12 * minute);
    await place.log(deployment_id, now + 2 * minute, { times: 1 + (i % 3) });
    await place.log(deployment_id, now + 5 * minute, { status: 503 });
    await place.count();
    if (i % 3 === 0) await place.close();
  }
  now = end;
  itIs(now);
  await place.evaluate();
  const [alert] = await ofRule(rule.id);
  const { from, to } = rangeOf(alert);
  expect(to - from).toBeGreaterThanOrEqual(window_minutes * minute);
  const metrics = await metricsOver(deployment_id, alert, 600);
  expect([alert?.value, alert?.n]).toEqual([metrics.error_rate, metrics.rows]);
  expect(metrics.rows).toBeGreaterThan(40);
});

test('of the server alone counts 500 and above', async () => {
  const { deployment_id, rule } = await watched({
    ...{ params: { only: 'server' }, threshold: 10, for: { breaches: 1, of: 1 } },
  });
  await place.log(deployment_id, now, { times: 30, status: 422 });
  await passes(deployment_id, { good: 27, bad: 3 });
  expect(await ofRule(rule.id)).toEqual([]);
  await passes(deployment_id, { bad: 10 });
  expect(await ofRule(rule.id)).toMatchObject([{ value: (100 * 13) / 70, n: 70 }]);
});

test('two evaluators at once, and a third in the same minute, are as good as one', async () => {
  const { deployment_id, rule } = await watched({ threshold: 20, for: { breaches: 2, of: 2 } });
  await passes(deployment_id, { bad: 30 });
  for (let i = 1; i <= 3; i++) {
    itIs(now + i * 10_000);
    await place.evaluate();
  }
  expect(await ofRule(rule.id)).toEqual([]);
  await place.log(deployment_id, now, { times: 5, status: 500 });
  await place.count();
  now += minute;
  itIs(now);
  await Promise.all([place.evaluate(), place.evaluate(), place.evaluate()]);
  await place.evaluate();
  expect(await ofRule(rule.id)).toHaveLength(1);
  expect(messagesOf(rule.id)).toHaveLength(1);
});

test('what could not be written is evaluated in the next minute, and told once', async () => {
  const { deployment_id, rule } = await watched({ threshold: 20, for: { breaches: 1, of: 1 } });
  await place.log(deployment_id, now, { times: 30, status: 500 });
  await place.count();
  for (const when of ['before', 'after']) {
    now += minute;
    itIs(now);
    place.world.hooks.around = async ({ command }, run) => {
      if (command !== 'TransactWriteItems') return run();
      if (when === 'after') await run();
      throw Object.assign(new Error('lost'), { name: 'ValidationException' });
    };
    await expect(place.evaluate()).rejects.toThrow('1 alert rules could not be evaluated');
  }
  place.world.hooks.around = (_, run) => run();
  await passes(deployment_id, { bad: 1 });
  expect(await ofRule(rule.id)).toHaveLength(1);
  expect(messagesOf(rule.id)).toHaveLength(1);
});

test('a run stops in time, and the next one begins with what was left', async () => {
  const many: Awaited<ReturnType<typeof watched>>[] = [];
  for (let i = 0; i < 10; i++) many.push(await watched({ metric: 'model_staleness', threshold: 0 }));
  const done = () => many.map(({ rule }) => place.watches().some(({ pk }) => pk === `RULE#${rule.id}`));
  // Every call takes five seconds of the run's forty.
  place.world.hooks.around = (_, run) => {
    itIs(Date.now() + 5_000);
    return run();
  };
  await place.evaluate();
  const first = done().filter(Boolean).length;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(10);
  expect(metric(place.printed, 'AlertsWaiting')).toBe(10 - first);
  await place.evaluate();
  expect(done()).toEqual(many.map(() => true));
  now = Date.now();
});
