import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { alerting, hour, itIs, minute, noon } from './support/alerting.ts';

let place: Awaited<ReturnType<typeof alerting>>;
let project_id: string;
let model_id: string;
let now = noon;
beforeAll(async () => {
  place = await alerting();
  const [deployment_id] = place.ids;
  const { body } = await place.world.call('getDeployment', { params: { deployment_id } });
  ({ project_id, model_id } = body.deployment);
});
beforeEach(() => {
  now += 3 * hour;
  itIs(now);
});
afterAll(() => {
  vi.useRealTimers();
});

async function deploy(stage: string): Promise<string> {
  const body = { model_id, name: 'watched', stage };
  const { body: made } = await place.world.call('createDeployment', { params: { project_id }, body });
  return made.id;
}
const eager = { threshold: 20, for: { breaches: 1, of: 1 } };
async function fails(id: string) {
  await place.log(id, now, { times: 30, status: 500 });
  await place.count();
  await turn();
}
async function turn() {
  now += minute;
  itIs(now);
  await place.evaluate();
}
const ofRule = (rule: { id: string }) => place.alerts(project_id, `rule_id=${rule.id}`);
const typesOf = (rule: { id: string }) =>
  place
    .deliveries()
    .filter((message) => (message.rule as { id: string }).id === rule.id)
    .map(({ type }) => type);

/** A deployment in any life, as the machines would leave it. */
async function lives(id: string, life: string) {
  const Key = { pk: { S: `P#${project_id}` }, sk: { S: `D#online#${id}` } };
  const Item = { ...place.world.table.peek('control', Key), ...Key, life: { S: life } };
  await place.world.hooks.table.send('PutItem', { TableName: 'control', Item });
}

test('a rule without a deployment follows what is in production, and begins anew there', async () => {
  const rule = await place.create(project_id, eager);
  const first = await deploy('production');
  await fails(first);
  expect(await ofRule(rule)).toMatchObject([{ state: 'firing', deployment_id: first }]);
  const second = await deploy('production');
  await turn();
  const closed = { state: 'resolved', closed_by: 'archived', deployment_id: first };
  expect(await ofRule(rule)).toMatchObject([closed]);
  expect((await place.world.call('getAlertRule', { params: { rule_id: rule.id } })).body.rule.state).toBe(
    'ok',
  );
  await fails(second);
  expect(await ofRule(rule)).toMatchObject([{ state: 'firing', deployment_id: second }, closed]);
  await place.world.call('deactivateDeployment', { params: { deployment_id: second } });
  await turn();
  expect(await ofRule(rule)).toMatchObject([{ ...closed, deployment_id: second }, closed]);
  // Nobody has to be told what somebody did on purpose.
  expect(typesOf(rule)).toEqual(['alert.firing', 'alert.firing']);
});

test('an archived deployment closes what its own rules have open, and is evaluated no more', async () => {
  const id = await deploy('staging');
  const rule = await place.create(project_id, { ...eager, deployment_id: id });
  await fails(id);
  await place.world.call('deactivateDeployment', { params: { deployment_id: id } });
  for (let i = 0; i < 3; i++) await turn();
  expect(await ofRule(rule)).toMatchObject([{ state: 'resolved', closed_by: 'archived' }]);
});

test('a failed deployment mutes every rule but that on its errors', async () => {
  const id = await deploy('staging');
  const slow = await place.create(project_id, {
    ...{ deployment_id: id, metric: 'latency_p99', threshold: 1, min_samples: 1, cooldown_minutes: 1 },
    for: { breaches: 1, of: 1 },
  });
  const old = await place.create(project_id, { deployment_id: id, metric: 'model_staleness', threshold: 0 });
  const errors = await place.create(project_id, { ...eager, deployment_id: id, cooldown_minutes: 1 });
  await lives(id, 'failed');
  await fails(id);
  expect([typesOf(slow), typesOf(old), typesOf(errors)]).toEqual([[], [], ['alert.firing']]);
  await lives(id, 'active');
  await turn();
  expect([typesOf(slow), typesOf(old), typesOf(errors)]).toEqual([
    ['alert.firing'],
    ['alert.firing'],
    ['alert.firing', 'alert.firing'],
  ]);
  await lives(id, 'failed');
  for (let i = 0; i < 3; i++) await turn();
  expect([typesOf(slow).length, typesOf(old).length]).toEqual([1, 1]);
});

test('a rule that is switched off finds nothing; the end of a silence is heard between two evaluations', async () => {
  const id = await deploy('staging');
  const metric = { deployment_id: id, metric: 'model_staleness', threshold: 0 };
  const off = await place.create(project_id, { ...metric, enabled: false });
  const quiet = await place.create(project_id, {
    ...metric,
    silenced_until: new Date(now + 5 * minute).toISOString(),
  });
  const told = [];
  for (let i = 1; i <= 7; i++) {
    await turn();
    told.push(typesOf(quiet).length);
  }
  expect(told).toEqual([0, 0, 0, 0, 1, 1, 1]);
  expect(await ofRule(off)).toEqual([]);
  expect(await ofRule(quiet)).toHaveLength(1);
});

test('quality waits while a deployment is stopped, and time does not', async () => {
  const id = await deploy('staging');
  const rule = await place.create(project_id, {
    ...{ deployment_id: id, metric: 'model_staleness', threshold: 0, severity: 'warning' },
    ...{ escalation_minutes: 3, escalation_severity: 'critical' },
  });
  await turn();
  await lives(id, 'stopped');
  for (let i = 0; i < 4; i++) await turn();
  expect(typesOf(rule)).toEqual(['alert.firing', 'alert.escalated']);
});
