import { beforeAll, expect, test } from 'vitest';
import { scenarios } from '../support/campaign/scenarios.ts';
import { type Stage, theStage } from '../support/campaign/scene.ts';
import { attempt, isHonest, type Scenario, verdict } from '../support/campaign/trial.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await theStage();
});

const machines = [
  'create in staging',
  'create in production',
  'promote',
  'rollback',
  'rollback to a model',
  'deactivate',
];

test.each(machines)(
  '%s: a machine that stops at any of its states leaves nothing open and nothing half done',
  async (name) => {
    const scenario = scenarios[name] as Scenario;
    const { states } = await attempt(stage, scenario);
    expect(states.length).toBeGreaterThan(3);
    const verdicts = new Map<string, string>();
    for (const stopAt of states) verdicts.set(stopAt, verdict(await attempt(stage, scenario, { stopAt })));
    console.error(name, Object.fromEntries(verdicts));
    expect([...verdicts].filter(([, said]) => !isHonest(said))).toEqual([]);
  },
);
