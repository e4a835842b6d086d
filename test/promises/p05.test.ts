import type { Context } from 'aws-lambda';
import { beforeAll, expect, test } from 'vitest';
import { nextRun } from '../support/campaign/campaign.ts';
import { logged } from '../support/campaign/nature.ts';
import { raise, type Stage, theStage } from '../support/campaign/scene.ts';
import { faults } from '../support/fault.ts';
import { closeHours, delivered, logStream } from '../support/logs.ts';
import { random } from '../support/random.ts';
import type { Around } from '../support/world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await theStage();
});

const refusing =
  (kind: 'throttled' | 'timeoutAfter', command: string): Around =>
  async (_, run) =>
    faults([{ command, nth: 1, kind }]).around(command, run);
/** How the log and the spool fare, one after another. */
const spells: Record<string, { logs?: Around; spool?: Around }> = {
  'all well': {},
  'the log refuses': { logs: refusing('throttled', 'PutItem') },
  'the log takes it and does not say so': { logs: refusing('timeoutAfter', 'PutItem') },
  'both refuse': { logs: refusing('throttled', 'PutItem'), spool: refusing('throttled', 'PUT') },
  'the spool takes it and does not say so': {
    logs: refusing('throttled', 'PutItem'),
    spool: refusing('timeoutAfter', 'PUT'),
  },
};

test('what was answered is logged, spooled or counted as dropped; what was spooled is logged in the end, once', async () => {
  const { ids, key } = await raise(stage, nextRun(), 1);
  const { call, hooks, functions, store } = stage.world;
  const { table } = hooks;
  const before = { ...logged };
  const from = random(5);
  const answered: string[] = [];
  for (let at = 0; at < 1_000; at++) {
    const spell = Object.values(spells)[Math.floor(at / 200)] ?? {};
    hooks.around = (one, run) => {
      if (one.service === 's3' && one.command === 'PUT') return spell.spool?.(one, run) ?? run();
      return one.command === 'PutItem' ? (spell.logs?.(one, run) ?? run()) : run();
    };
    const inputs = from.chance(5)
      ? Array.from({ length: 400 }, (_, row) => ({ f0: row, f1: from.next(), f2: from.next() }))
      : [{ f0: at }];
    const { status, body } = await call('predict', {
      key,
      params: { deployment_id: ids.production },
      body: { inputs },
    });
    expect(status).toBe(200);
    answered.push(body.log_ids[0]);
    stage.sleepers.clock.advance(from.below(20_000));
  }
  hooks.around = (_, run) => run();
  const spooled = () => [...store.keys()].filter((place) => place.startsWith('data/spool/'));
  const ids_ = () => new Set(table.items('logs').map(({ sk }) => sk?.S));
  const dropped = logged.dropped - before.dropped;
  const kept = new Set([...ids_(), ...spooled().map((place) => place.split('/').at(-1))]);
  expect([logged.spooled - before.spooled, dropped]).toEqual([400, 400]);
  expect(answered.filter((id) => !kept.has(id)).length).toBe(200);
  const waiting = spooled();
  expect(waiting.length).toBe(600);
  for (const place of [...waiting, ...waiting])
    await functions.get('ingestSpool')?.(
      { detail: { object: { key: place.slice('data/'.length) } } },
      {} as Context,
    );
  expect(spooled()).toEqual([]);
  expect(answered.filter((id) => !ids_().has(id)).length).toBe(200);
  expect(table.items('logs').length).toBe(800);
  const records = logStream(stage.world)();
  for (let at = 0; at < records.length; at += 50)
    expect(await delivered(stage.world, records.slice(at, at + 50))).toBe(Math.min(50, records.length - at));
  await closeHours(stage.world);
  const asked = { key, params: { deployment_id: ids.production } };
  const { total } = (await call('listInferenceLogs', { ...asked, query: 'limit=1' })).body;
  expect(total).toBe(table.items('logs').reduce((rows, { n }) => rows + Number(n?.N), 0));
  const metrics = (await call('getMetrics', asked)).body;
  expect([metrics.requests, metrics.rows]).toEqual([800, total]);
});
