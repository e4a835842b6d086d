import { beforeAll, expect, test } from 'vitest';
import { survey } from '../../adapters/fsck.ts';
import { findings } from '../../domain/invariants.ts';
import { nextRun } from '../support/campaign/campaign.ts';
import { asActor } from '../support/campaign/nature.ts';
import { scenarios } from '../support/campaign/scenarios.ts';
import { type Raised, raise, type Stage, theStage } from '../support/campaign/scene.ts';
import { isSettled, pass, type Scenario } from '../support/campaign/trial.ts';
import { plainItems } from '../support/campaign/watch.ts';
import { random } from '../support/random.ts';
import { schedule, timedOut } from '../support/scheduler.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await theStage();
});

const asking =
  ({ key, ids }: Raised, { operation, asked }: Scenario, name = 'once') =>
  () =>
    stage.world.call(operation, { key, headers: { 'idempotency-key': name }, ...asked(ids) });

function look({ effects }: Scenario, { ids }: Raised) {
  const control = plainItems(stage.world.hooks.table, 'control');
  const found = survey(control, plainItems(stage.world.hooks.table, 'idempotency'));
  expect(findings(found)).toEqual([]);
  return effects(found, control, ids);
}

async function setUp(scenario: Scenario, seed = 1) {
  const raised = await raise(stage, nextRun(), seed);
  stage.world.hooks.around = (_, run) => run();
  await scenario.before?.(stage, raised);
  return raised;
}

test.each(Object.entries(scenarios))(
  '%s: a hundred at once with one key have one effect and one answer',
  async (_, scenario) => {
    const raised = await setUp(scenario);
    const ask = asking(raised, scenario);
    const first = await Promise.all(Array.from({ length: 100 }, ask));
    for (const { status, headers } of first)
      expect([200, 201].includes(status) || (status === 409 && headers['retry-after'])).toBeTruthy();
    const second = await Promise.all(Array.from({ length: 100 }, ask));
    expect(new Set(second.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1);
    expect(second.every(({ headers }) => headers['idempotency-replayed'] === 'true')).toBe(true);
    expect(look(scenario, raised)).toBe(1);
  },
);

test('in any order and with lost calls a key still has one effect', async () => {
  for (let seed = 0; seed < 40; seed++) {
    const scenario = Object.values(scenarios)[seed % 6] as Scenario;
    const raised = await setUp(scenario, seed);
    const { table } = stage.world.hooks;
    const { clock } = stage.sleepers;
    const actors = Array.from(
      { length: 5 },
      (_, n) => () => asActor({ random: random(seed * 8 + n), alone: [] }, asking(raised, scenario)),
    );
    await schedule<unknown>(seed, actors, { table, clock, weather: { lostBefore: 3, lostAfter: 3 } });
    let reply = await asking(raised, scenario)();
    for (let wait = 1_000; !isSettled(reply) && wait < 500_000; wait *= 2) {
      await pass(stage, wait);
      reply = await asking(raised, scenario)();
    }
    const failed = reply.body.status === 'failed' || reply.status >= 400;
    expect([seed, reply.status < 500, look(scenario, raised)]).toEqual([seed, true, failed ? 0 : 1]);
  }
});

test('a key means its request: another body is refused, another key is another request', async () => {
  const raised = await setUp(scenarios['create a project'] as Scenario);
  const ask = (name: string, headers = { 'idempotency-key': 'one' }) =>
    stage.world.call('createProject', { key: raised.key, headers, body: { name } });
  expect((await ask('a')).status).toBe(201);
  expect(await ask('b')).toMatchObject({
    status: 422,
    body: { detail: 'Idempotency-Key was used with another request' },
  });
  expect((await ask('b', { 'idempotency-key': 'two' })).status).toBe(201);
});

test('while a machine runs that its caller has left, nobody takes its place, and it keeps its answer', async () => {
  const scenario = scenarios['create in staging'] as Scenario;
  const raised = await setUp(scenario);
  const ask = asking(raised, scenario);
  const go = Promise.withResolvers<void>();
  let machine: Promise<unknown> = Promise.resolve();
  stage.world.hooks.around = async (call, run) => {
    if (call.service === 's3') await go.promise;
    if (call.service !== 'states') return run();
    machine = run();
    throw timedOut();
  };
  const first = await ask();
  expect([first.status, first.body.is_active]).toEqual([503, undefined]);
  expect((await ask()).status).toBe(409);
  stage.sleepers.clock.advance(32_000);
  const late = await ask();
  expect([late.status, late.headers['retry-after']]).toEqual([503, '2']);
  go.resolve();
  await machine;
  const after = await ask();
  expect([after.status, after.headers['idempotency-replayed'], look(scenario, raised)]).toEqual([
    201,
    'true',
    1,
  ]);
});
