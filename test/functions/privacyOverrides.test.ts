import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Anonymising, anonymising, tells, without } from './support/anonymising.ts';
import { noId } from './support/wire.ts';

let place: Anonymising;
let project_id: string;
let model_id: string;
let plain: string;
let trusted: string;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  place = await anonymising();
  ({ project_id, model_id } = await place.ready('xgboost-categorical.json'));
  plain = await place.keyWith({ scopes: ['predict'] });
  trusted = await place.keyWith({ scopes: ['predict', 'privacy:override'] });
});
afterAll(() => void vi.useRealTimers());

const row = { age: 41, city: 'ada.l@example.com' };
const deploy = (more: object = {}) => place.deploy(project_id, model_id, more);
const missing = [403, { detail: 'Missing scope: privacy:override' }];
const unknown = [404, { detail: 'Privacy policy not found' }];
const predict = async (id: string, options: object, key: string) => {
  // Logs of one millisecond are in no order.
  vi.setSystemTime(Date.now() + 1);
  const { status, body } = await place.predict(id, row, options, { key });
  return [status, status === 200 ? (await place.logs(id))[0].inputs.city : body];
};
/** What was told of weakened privacy, newest last. */
const told = () =>
  place.table
    .items('control')
    .filter(({ type }) => (type as { S?: string } | undefined)?.S === 'privacy.weakened')
    .map((item) =>
      Object.fromEntries(Object.entries(item).map(([name, value]) => [name, Object.values(value)[0]])),
    );

describe('Less privacy than the deployment gives', () => {
  test.each(['anonymize_logs', 'anonymize_response'])('is refused without the scope: %s', async (setting) => {
    const settings = { [setting]: true };
    const id = await deploy({ privacy_policy_id: await place.policy(project_id, { settings }) });
    const before = [place.items(id).length, told().length];
    expect(await predict(id, { [setting]: false }, plain)).toEqual(missing);
    expect([place.items(id).length, told().length]).toEqual(before);
  });

  test('is granted with it, and audited by ids alone before the answer', async () => {
    const id = await deploy({ privacy_policy_id: await place.policy(project_id) });
    const before = told().length;
    expect(await predict(id, { anonymize_logs: false }, trusted)).toEqual([200, row.city]);
    const [word, ...more] = told().slice(before);
    expect(more).toEqual([]);
    expect(word).toEqual({
      ...{ pk: `OUT#${project_id}`, sk: expect.stringMatching(/^OUT#/), v: '1', id: expect.any(String) },
      ...{ project_id, type: 'privacy.weakened', subject: id, actor: expect.stringMatching(/^key:/) },
      ...{ at: expect.any(String), weakened: 'anonymize_logs' },
    });
    const { body } = await place.send('GET', `/api/mlops/projects/${project_id}/audit?type=privacy.weakened`);
    expect(body.items[0]).toMatchObject({ subject: id, details: { weakened: 'anonymize_logs' } });
  });

  test('is not given where it cannot be written down', async () => {
    const id = await deploy({ privacy_policy_id: await place.policy(project_id) });
    const got = await without(tells, () => predict(id, { anonymize_logs: false }, trusted));
    expect(got).toEqual([503, { detail: 'Busy, try again' }]);
    expect(place.items(id)).toEqual([]);
  });

  test('by another policy is refused without the scope, whether that one exists or not', async () => {
    const id = await deploy({ privacy_policy_id: await place.policy(project_id) });
    const { project_id: elsewhere } = await place.ready();
    for (const privacy_policy_id of [await place.policy(project_id), await place.policy(elsewhere), noId])
      expect(await predict(id, { privacy_policy_id }, plain)).toEqual(missing);
  });

  test('by another policy is granted with it; one that is unknown or foreign is not found', async () => {
    const id = await deploy({ privacy_policy_id: await place.policy(project_id) });
    const policy = await place.policy(project_id);
    await place.rule(policy, 'email', 'mask', { show_last: 3 });
    const before = told().length;
    expect(await predict(id, { privacy_policy_id: policy }, trusted)).toEqual([200, '***.*@*******.com']);
    expect(told().slice(before)).toEqual([
      expect.objectContaining({ weakened: 'privacy_policy_id', policy_id: policy }),
    ]);
    const { project_id: elsewhere } = await place.ready();
    for (const privacy_policy_id of [await place.policy(elsewhere), noId])
      expect(await predict(id, { privacy_policy_id }, trusted)).toEqual(unknown);
    expect(told()).toHaveLength(before + 1);
  });
});

describe('More privacy than the deployment gives', () => {
  test('is for everybody, and nothing is said of it', async () => {
    const id = await deploy();
    const before = told().length;
    expect(await predict(id, {}, plain)).toEqual([200, row.city]);
    expect(await predict(id, { anonymize_logs: true, anonymize_response: true }, plain)).toEqual([
      200,
      '[EMAIL]',
    ]);
    const policy = await place.policy(project_id);
    await place.rule(policy, 'email', 'mask', { show_last: 3 });
    expect(await predict(id, { privacy_policy_id: policy }, plain)).toEqual([200, '***.*@*******.com']);
    expect(await predict(id, { privacy_policy_id: noId }, plain)).toEqual(unknown);
    expect(told()).toHaveLength(before);
  });

  test('by the policy that it has anyway changes nothing', async () => {
    const privacy_policy_id = await place.policy(project_id);
    const id = await deploy({ privacy_policy_id });
    expect(await predict(id, { privacy_policy_id, anonymize_logs: true }, plain)).toEqual([200, '[EMAIL]']);
  });
});

describe('A deployment', () => {
  const create = (privacy_policy_id: string, key?: string) =>
    place.send('POST', `/api/mlops/projects/${project_id}/deployments`, {
      body: { model_id, name: 'd', stage: 'staging', privacy_policy_id },
      headers: key ? { 'idempotency-key': key } : {},
    });

  test('of a policy of another project is not made', async () => {
    const { project_id: elsewhere } = await place.ready();
    for (const id of [await place.policy(elsewhere), noId]) {
      const { status, body } = await create(id);
      expect([status, body]).toEqual(unknown);
    }
  });

  test('of a draft is told so, again when asked again; of an active one nothing is told', async () => {
    const draft = await place.policy(project_id, { status: 'draft' });
    const warnings = ['The privacy policy is a draft: it applies all the same'];
    const first = await create(draft, 'draft');
    expect([first.status, first.body.warnings]).toEqual([201, warnings]);
    expect((await create(draft, 'draft')).body).toEqual(first.body);
    expect(await predict(first.body.id, {}, plain)).toEqual([200, '[EMAIL]']);
    expect((await create(await place.policy(project_id, { status: 'active' }))).body).not.toHaveProperty(
      'warnings',
    );
  });

  test('follows its policy within five seconds', async () => {
    const policy = await place.policy(project_id);
    const id = await deploy({ privacy_policy_id: policy });
    expect(await predict(id, {}, plain)).toEqual([200, '[EMAIL]']);
    await place.change(policy, { profile: 'ccpa' });
    vi.setSystemTime(Date.now() + 5_000);
    expect(await predict(id, {}, plain)).toEqual([200, expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  test('does not go back into production once its policy is gone', async () => {
    const policy = await place.policy(project_id);
    const old = await deploy({ privacy_policy_id: policy });
    await place.send('POST', `/api/mlops/deployments/${old}/deactivate`);
    expect((await place.send('DELETE', `/api/privacy/policies/${policy}`)).status).toBe(200);
    for (const to of [{ to_deployment_id: old }, { to_model_id: model_id }]) {
      const { status, body } = await place.send('POST', `/api/mlops/deployments/${old}/rollback`, {
        body: to,
      });
      expect([status, body]).toEqual([
        409,
        { detail: 'The privacy policy of the target does not exist any more' },
      ]);
    }
  });
});

test('a prediction under a policy asks DynamoDB six times at most when it is the first, once when it is not', async () => {
  const { body } = await place.send('POST', '/api/auth/api-keys', {
    body: { name: 'k', scopes: ['predict'] },
  });
  const fresh = await place.ready('xgboost-categorical.json');
  const policy = await place.policy(fresh.project_id, { profile: 'gdpr' });
  const id = await place.deploy(fresh.project_id, fresh.model_id, { privacy_policy_id: policy });
  const commands: string[] = [];
  const { around } = place.hooks;
  place.hooks.around = (call, run) => {
    commands.push(`${call.service} ${call.command}`);
    return around(call, run);
  };
  const ask = async () => {
    commands.length = 0;
    expect((await place.predict(id, row, {}, { key: body.key })).status).toBe(200);
    return commands.filter((command) => command.startsWith('dynamodb')).length;
  };
  // The key's own hour is noted once an hour; beside that it is read, and so are place, deployment, model and policy.
  expect(await ask()).toBeLessThanOrEqual(6 + commands.filter((command) => /Update/.test(command)).length);
  expect(commands.filter((command) => /secrets/.test(command))).toEqual(['secretsmanager GetSecretValue']);
  expect(await ask()).toBe(1);
  vi.setSystemTime(Date.now() + 5_000);
  // The deployment and its policy, read anew; the key is known for good.
  expect(await ask()).toBeLessThanOrEqual(4);
  expect(commands.filter((command) => /secrets/.test(command))).toEqual([]);
  place.hooks.around = around;
});
