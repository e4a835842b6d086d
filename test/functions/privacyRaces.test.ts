import { beforeAll, expect, test } from 'vitest';
import { type Anonymising, anonymising } from './support/anonymising.ts';

let place: Anonymising;
let project_id: string;
let model_id: string;
beforeAll(async () => {
  place = await anonymising();
  ({ project_id, model_id } = await place.ready('xgboost-categorical.json'));
});

const remove = (policy: string) => place.send('DELETE', `/api/privacy/policies/${policy}`);
const deploy = (privacy_policy_id: string) =>
  place.send('POST', `/api/mlops/projects/${project_id}/deployments`, {
    body: { model_id, name: 'd', stage: 'staging', privacy_policy_id },
  });

/** Do something right before the transaction of that number that another thing sends. */
async function between<T>(nth: number, other: () => Promise<unknown>, one: () => Promise<T>): Promise<T> {
  const { around } = place.hooks;
  let sent = 0;
  place.hooks.around = async (call, run) => {
    if (call.command === 'TransactWriteItems' && ++sent === nth) await other();
    return around(call, run);
  };
  const got = await one();
  place.hooks.around = around;
  return got;
}

/** How many deployments are active under a policy, and whether it is there. */
async function left(policy: string): Promise<[users: number, status: number]> {
  type Item = { is_active: boolean; config: { privacy_policy_id?: string } };
  const { body } = await place.send('GET', `/api/mlops/projects/${project_id}/deployments?limit=200`);
  const users = (body.items as Item[]).filter(
    ({ is_active, config }) => is_active && config.privacy_policy_id === policy,
  );
  return [users.length, (await place.send('GET', `/api/privacy/policies/${policy}`)).status];
}

test.each([
  [1, 404, [0, 404]],
  [2, 404, [0, 404]],
  [3, 201, [1, 200]],
  [4, 201, [1, 200]],
] as const)(
  'a policy that is removed before transaction %i of a deployment is gone with it, or stays with it',
  async (nth, status, outcome) => {
    const policy = await place.policy(project_id);
    const got = await between(
      nth,
      () => remove(policy),
      () => deploy(policy),
    );
    expect(got.status).toBe(status);
    if (status === 404) expect(got.body).toEqual({ detail: 'Privacy policy not found' });
    expect(await left(policy)).toEqual(outcome);
  },
);

test('a deployment that is made while its policy is being removed keeps it', async () => {
  const policy = await place.policy(project_id);
  const got = await between(
    1,
    () => deploy(policy),
    () => remove(policy),
  );
  expect([got.status, got.body]).toEqual([409, { detail: 'Privacy policy is in use' }]);
  expect(await left(policy)).toEqual([1, 200]);
});

test('an archived deployment that comes back while its policy is being removed keeps it, or does not come back', async () => {
  for (const nth of [1, 2, 3]) {
    const policy = await place.policy(project_id);
    const { id } = (await deploy(policy)).body;
    await place.send('POST', `/api/mlops/deployments/${id}/deactivate`);
    const back = await between(
      nth,
      () => remove(policy),
      () => place.send('POST', `/api/mlops/deployments/${id}/rollback`, { body: { to_deployment_id: id } }),
    );
    expect([
      [200, [1, 200]],
      [409, [0, 404]],
    ]).toContainEqual([back.status, await left(policy)]);
  }
});
