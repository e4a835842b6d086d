import { execFileSync } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import { assertLively, campaign, scheduleOf, told } from '../support/campaign/campaign.ts';
import { choices, everyOrder, four } from '../support/campaign/orders.ts';
import { type Stage, theStage } from '../support/campaign/scene.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await theStage();
});

test('the same seed gives the same trace, answers and events', async () => {
  const hashes = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const { hash } = await scheduleOf(stage, seed, 8);
    expect((await scheduleOf(stage, seed, 8)).hash).toBe(hash);
    hashes.add(hash);
  }
  expect(hashes.size).toBe(20);
});

test.each([
  [8, 150],
  [3, 150],
])(
  '%i clients in %i schedules never see other than one production, and every answer has its place in one order',
  async (clients, schedules) => {
    const tally = await campaign(stage, 1_000, 1_000 + schedules, clients);
    console.error(`${clients} clients: ${told(tally)}`);
    if (clients === 8) assertLively(tally, clients);
  },
);

test('two clients with any two of the four operations end well in every order of their calls', async () => {
  const pairs = choices(four, 2).filter((pair) => pair.join() !== 'create,create');
  let [orders, repeated] = [0, 0];
  for (const pair of pairs) {
    const explored = await everyOrder(stage, pair);
    orders += explored.orders;
    repeated += explored.repeated;
  }
  console.error(
    `${pairs.length} pairs, ${orders} orders that differ (${repeated} begun that repeat one); ` +
      'orders that differ only in calls that cannot notice each other count as one; two creates: scripts/campaign.ts',
  );
  expect(orders).toBeGreaterThan(200);
});

test('each of the ten mutants is caught', () => {
  const said = execFileSync(
    process.execPath,
    ['scripts/campaign.ts', '--schedules', '0', '--orders', '0', '--workers', '1'],
    { encoding: 'utf8' },
  );
  console.error(said.replaceAll(/ \(seed.*| \(the scene.*/g, ''));
  expect(said.match(/caught by schedule \d+/g)).toHaveLength(10);
});
