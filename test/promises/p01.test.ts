import { beforeAll, expect, test } from 'vitest';
import { assertLively, campaign, scheduleOf, told } from '../support/campaign/campaign.ts';
import { type Stage, theStage } from '../support/campaign/scene.ts';

/** Ten thousand schedules, every order of two clients, and that mutants are caught: `npm run campaign`. */
let stage: Stage;
beforeAll(async () => {
  stage = await theStage();
});

test('the same seed gives the same trace, answers and events', async () => {
  const hashes = new Set<string>();
  for (let seed = 0; seed < 5; seed++) {
    const { hash } = await scheduleOf(stage, seed, 8);
    expect((await scheduleOf(stage, seed, 8)).hash).toBe(hash);
    hashes.add(hash);
  }
  expect(hashes.size).toBe(5);
});

test.each([
  [8, 50],
  [3, 50],
])(
  '%i clients in %i schedules never see other than one production, and every answer has its place in one order',
  async (clients, schedules) => {
    const tally = await campaign(stage, 1_000, 1_000 + schedules, clients);
    console.error(`${clients} clients: ${told(tally)}`);
    if (clients === 8) assertLively(tally, clients);
  },
);
