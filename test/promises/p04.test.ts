import { beforeAll, expect, test } from 'vitest';
import { nextRun } from '../support/campaign/campaign.ts';
import { raise, type Stage, theStage } from '../support/campaign/scene.ts';
import { random } from '../support/random.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await theStage();
});

/** What a rollback has to bring back: which model, which file of it, how it was configured, and what it answers. */
async function restored(key: string, id: string) {
  const { call, hooks } = stage.world;
  const { body } = await call('getDeployment', { key, params: { deployment_id: id } });
  const row = hooks.table.items('control').find((item) => item.sk?.S === `D#online#${id}`) ?? {};
  const inputs = [{}, { f0: 1.5, f1: -2 }, { f0: 1e300 }];
  const predicted = await call('predict', {
    key,
    params: { deployment_id: id },
    body: { inputs, options: { include_contributions: true } },
  });
  const { predictions, contributions } = predicted.body;
  const { model_id, artifact_sha256, config, version, name } = row;
  return {
    status: predicted.status,
    shown: body.deployment.config,
    model: body.model,
    row: { model_id, artifact_sha256, config, version, name },
    predictions,
    contributions,
  };
}

test('after any chain of changes a rollback brings back exactly what was in production then', async () => {
  let rollbacks = 0;
  for (let seed = 0; seed < 15; seed++) {
    const { ids, key } = await raise(stage, nextRun(), seed);
    const { call, hooks } = stage.world;
    hooks.around = (_, run) => run();
    const from = random(seed);
    const golden = new Map([[ids.production, await restored(key, ids.production)]]);
    for (let at = 0; at < 10; at++) {
      stage.sleepers.clock.advance(6_000);
      if (from.chance(50)) {
        const body = {
          model_id: from.chance(50) ? ids.model : ids.other,
          name: `n${from.below(3)}`,
          stage: 'production',
          traffic_percent: 1 + from.below(100),
        };
        const made = await call('createDeployment', { key, params: { project_id: ids.project }, body });
        golden.set(made.body.id, await restored(key, made.body.id));
        continue;
      }
      const earlier = [...golden.keys()][from.below(golden.size)] as string;
      const { status, body } = await call('rollbackDeployment', {
        key,
        params: { deployment_id: earlier },
        body: { to_deployment_id: earlier },
      });
      expect([status, body.deployment_id]).toEqual([200, earlier]);
      expect(await restored(key, earlier)).toEqual(golden.get(earlier));
      rollbacks++;
    }
  }
  expect(rollbacks).toBeGreaterThan(40);
});
