import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { chance } from '../domain/aggregates/samples.ts';
import { logAt } from '../support/logs.ts';
import { alerting, hour, itIs, minute, noon } from './support/alerting.ts';

let place: Awaited<ReturnType<typeof alerting>>;
let project_id: string;
let model_id: string;
let deployment_id: string;
beforeAll(async () => {
  place = await alerting();
  const [first] = place.ids;
  ({ project_id, model_id } = (
    await place.world.call('getDeployment', { params: { deployment_id: first } })
  ).body.deployment);
  const body = { model_id, name: 'replayed', stage: 'staging' };
  deployment_id = (await place.world.call('createDeployment', { params: { project_id }, body })).body.id;
});
afterAll(() => {
  vi.useRealTimers();
});

const rules = {
  errors: { threshold: 30 },
  refused: { threshold: 25, for: { breaches: 4, of: 5 }, min_samples: 60 },
  server: { threshold: 12, params: { only: 'server' } },
  slow: { metric: 'latency_p99', threshold: 200, min_samples: 30 },
  hour: { threshold: 20, window_minutes: 60, for: { breaches: 1, of: 1 } },
};
const made = new Map<string, string>();

/** Two hours and a half with two hundred rows or less every ten minutes, some of them bad; the evaluator has a turn every minute. */
async function live() {
  const random = chance(5);
  for (let i = 0; i < 150; i++) {
    const at = noon + i * minute;
    const isBad = i % 47 > 25;
    const latency_ms = i % 60 > 40 ? 150 + 300 * random() : 10;
    const of = (status_code: number, rows: number) =>
      rows > 0 &&
      logAt(deployment_id, at + 1000 * Math.floor(59 * random()), random, { status_code, rows, latency_ms });
    await of(200, Math.floor(20 * random()));
    // What failed is refused in some lanes, and the server's fault in the others.
    await of(i % 40 < 30 ? 500 : 422, Math.floor((isBad ? 15 : 3) * random()));
    for (let quick = 0; quick < 2; quick++) await of(200, 1);
    await place.count();
    itIs(at + minute);
    if (i % 60 === 14) await place.close();
    await place.evaluate();
  }
}

/** What there was, in the words of a back-test. */
async function incidentsOf(rule_id: string) {
  const alerts = await place.alerts(project_id, `rule_id=${rule_id}`);
  const shown = alerts.map(async ({ id, firing_since, closed_at }) => {
    const { body } = await place.world.call('getAlert', { params: { alert_id: String(id) } });
    const { value, n } = body.history.find(({ to }: { to: string }) => to === 'firing');
    return { from: firing_since, to: closed_at, value, n };
  });
  return Promise.all(shown);
}

describe('a rule that was there all the time', () => {
  beforeAll(async () => {
    for (const [name, more] of Object.entries(rules))
      made.set(name, (await place.create(project_id, { deployment_id, name, ...more })).id);
    await live();
  });

  test.each(Object.keys(rules))('%s would have fired as it did', async (name) => {
    const rule_id = made.get(name) ?? '';
    const { status, body } = await place.backtest(rule_id);
    const incidents = await incidentsOf(rule_id);
    expect(status).toBe(200);
    expect(incidents.length).toBeGreaterThan(0);
    expect(body).toMatchObject({ deployment_id, would_have_fired: incidents.length, evaluations: 150 });
    expect([body.from, body.to]).toEqual(['2026-06-15T12:00:00Z', '2026-06-15T14:30:00Z']);
    expect(body.incidents).toEqual(incidents);
    expect(body.partial).toEqual(name === 'server' ? [expect.stringContaining('by ten minutes')] : undefined);
  });

  test('nothing is kept of it, and nobody is told', async () => {
    const before = [place.control(''), place.world.hooks.table.items('aggregates')];
    await place.backtest(made.get('errors') ?? '');
    expect([place.control(''), place.world.hooks.table.items('aggregates')]).toEqual(before);
  });

  test('a rule that is not saved is asked about in the words of a new one', async () => {
    const channels = [{ type: 'email', config: { to: ['a@example.com'] } }];
    const body = {
      name: 'n',
      metric: 'error_rate',
      operator: '>',
      threshold: 30,
      severity: 'info',
      channels,
    };
    const ask = (more: object) =>
      place.world.call('backtestNewAlertRule', { params: { project_id }, body: { ...body, ...more } });
    const saved = (await place.backtest(made.get('errors') ?? '')).body;
    expect((await ask({ deployment_id })).body).toEqual(saved);
    expect(
      (await ask({ deployment_id, enabled: false, silenced_until: '2099-01-01T00:00:00Z' })).body,
    ).toEqual(saved);
    expect((await ask({ deployment_id, threshold: 100 })).body).toMatchObject({
      would_have_fired: 0,
      incidents: [],
    });
    const { status, body: nobody } = await ask({});
    expect([status, nobody]).toMatchObject([
      200,
      { would_have_fired: 0, deployment_id: null, evaluations: 0, partial: ['Nothing is in production'] },
    ]);
    expect((await ask({ deployment_id, threshold: 'high' })).status).toBe(422);
    const unknown = await ask({ deployment_id: '00000000-0000-4000-8000-000000000001' });
    expect([unknown.status, unknown.body]).toEqual([404, { detail: 'Deployment not found' }]);
  });
});

test('an unknown rule and an unknown project are not found', async () => {
  const id = '00000000-0000-4000-8000-000000000001';
  const { status, body } = await place.backtest(id);
  expect([status, body]).toEqual([404, { detail: 'Alert rule not found' }]);
  const channels = [{ type: 'email', config: { to: ['a@example.com'] } }];
  const rule = { name: 'n', metric: 'error_rate', operator: 'gt', threshold: 1, severity: 'info', channels };
  const got = await place.world.call('backtestNewAlertRule', { params: { project_id: id }, body: rule });
  expect([got.status, got.body]).toEqual([404, { detail: 'Project not found' }]);
});

test('ages are told of the last seven days and no more', async () => {
  itIs(noon + 9 * 24 * hour);
  const rule = await place.create(project_id, {
    ...{ deployment_id: place.ids[0], metric: 'model_staleness', operator: 'gte', threshold: 15.5 },
  });
  const { body } = await place.backtest(rule.id);
  // The model was registered ten days before noon of the first day.
  expect(body).toMatchObject({ from: '2026-06-17T12:00:00Z', to: '2026-06-24T12:00:00Z', evaluations: 168 });
  expect(body.incidents).toEqual([{ from: '2026-06-21T00:00:00Z', to: null, value: 15.5, n: 1 }]);
});
