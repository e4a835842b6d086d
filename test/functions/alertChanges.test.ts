import { beforeAll, describe, expect, test } from 'vitest';
import * as secrets from '../../adapters/aws/secrets.ts';
import { type Alerts, openAlerts } from './support/alertRules.ts';

let alerts: Alerts;
beforeAll(async () => {
  alerts = await openAlerts();
});
const change = async (id: string, body: object) => {
  const got = await alerts.rule(id, 'PATCH', { body });
  if (got.status !== 200) throw new Error(JSON.stringify(got.body));
  return got.body.rule;
};
const firing = async (more: object = {}) => {
  const id = await alerts.made(more);
  await alerts.find(id, ['breach']);
  const { items } = await alerts.alerts(`?rule_id=${id}`);
  return { id, alert: items[0].id as string };
};
const closedBy = async (alert: string) => (await alerts.alert(alert)).body.alert.closed_by;
const messages = () => alerts.control('DELIVERY#').length;

describe('what says what is watched', () => {
  test.each([
    [{ metric: 'latency_p99' }],
    [{ operator: 'gte' }],
    [{ threshold: 6 }],
    [{ params: { only: 'server' } }],
    [{ window_minutes: 20 }],
    [{ min_samples: 5 }],
    [{ for: null }],
    [{ deployment_id: null }],
  ])('%j closes an open alert without a message, and begins anew', async (patch) => {
    const { id, alert } = await firing();
    expect((await alerts.rule(id)).body.rule.state).toBe('firing');
    const sent = messages();
    expect((await change(id, patch)).state).toBe('ok');
    const { body } = await alerts.alert(alert);
    expect(body.alert).toMatchObject({ state: 'resolved', closed_by: 'rule_changed' });
    expect(body.history.at(-1)).toMatchObject({ from: 'firing', to: 'ok', reason: 'rule_changed' });
    expect(messages()).toBe(sent);
    expect((await alerts.rule(id)).body.rule.state).toBe('ok');
  });

  test('a change that is none closes nothing and writes nothing', async () => {
    const { id, alert } = await firing();
    const before = alerts.kept();
    await change(id, { threshold: 5, operator: '>', metric: 'error_rate' });
    await change(id, {});
    expect(alerts.kept()).toBe(before);
    expect(await closedBy(alert)).toBeNull();
  });

  test('another metric leaves the parameters of the old one behind', async () => {
    const id = await alerts.made({ metric: 'drift_psi', params: { feature: 'hour' } });
    expect(await change(id, { metric: 'error_rate' })).toMatchObject({ metric: 'error_rate', params: {} });
  });
});

describe('what says how it is told', () => {
  test.each([
    [{ name: 'another' }, 'edited'],
    [{ enabled: false }, 'disabled'],
    [{ silenced_until: '2099-01-01T00:00:00Z' }, 'silenced'],
    [{ cooldown_minutes: 5 }, 'edited'],
    [{ channels: [{ type: 'email', config: { to: ['z@example.com'] } }] }, 'edited'],
  ])('%j changes freely; the open alert tells of it in its history', async (patch, reason) => {
    const { id, alert } = await firing();
    await change(id, patch);
    const { body } = await alerts.alert(alert);
    expect([body.alert.state, body.alert.closed_by]).toEqual(['firing', null]);
    expect(body.history.at(-1)).toMatchObject({ from: 'firing', to: 'firing', reason });
    expect(body.history.at(-1).actor).toMatch(/^key:/);
  });
});

describe('channels', () => {
  const url = (n: number) => ({ type: 'webhook', config: { url: `https://example.com/${n}` } });
  const slack = { type: 'slack', config: { webhook_url: 'https://hooks.slack.com/services/T/B/abcd' } };

  test('that stay keep their id and their secret; new ones get one, and gone ones lose theirs', async () => {
    const made = (await alerts.create({ channels: [url(1), url(2), slack] })).body;
    const [one, two, three] = made.rule.channels;
    const after = await change(made.id, { channels: [url(3), three, url(1)] });
    const [fresh, kept, same] = after.channels;
    expect(kept).toEqual(three);
    expect(same).toEqual({
      ...one,
      config: { ...one.config, secret: `whsec_…${one.config.secret.slice(-4)}` },
    });
    expect(fresh.config.secret).toMatch(/^whsec_.{44}$/);
    const held = (id: string) => secrets.read(`webhooks/${id}`);
    expect(await Promise.all([held(one.id), held(two.id), held(fresh.id)])).toEqual([
      ...[one.config.secret, undefined, fresh.config.secret],
    ]);
    const raw = alerts.control('RULES').find(({ id }) => id === made.id);
    expect(String(raw?.channels)).toContain('/services/T/B/abcd');
  });

  test('a secret that is rotated is shown this once, and the one before stays beside it', async () => {
    const made = (await alerts.create({ channels: [url(1)] })).body;
    const [{ id, config }] = made.rule.channels;
    const rotated = { ...url(1), config: { ...url(1).config, rotate_secret: true } };
    const [after] = (await change(made.id, { channels: [rotated] })).channels;
    expect(after.id).toBe(id);
    expect(after.config.secret).toMatch(/^whsec_.{44}$/);
    expect(await secrets.versions(`webhooks/${id}`)).toMatchObject({
      ...{ current: after.config.secret, previous: config.secret },
    });
    const [shown] = (await alerts.rule(made.id)).body.rule.channels;
    expect(shown.config.secret).toBe(`whsec_…${after.config.secret.slice(-4)}`);
  });

  test('a rotation that had to be tried twice has the secret before it for its predecessor', async () => {
    const rotated = { ...url(1), config: { ...url(1).config, rotate_secret: true } };
    for (let nth = 1, isDone = false; !isDone; nth++) {
      const made = (await alerts.create({ channels: [url(1)] })).body;
      const [{ id, config }] = made.rule.channels;
      const rotate = () => change(made.id, { channels: [rotated] });
      // An alert that opens meanwhile makes the change decide anew.
      isDone = !(await alerts.amid(nth, rotate, () => alerts.find(made.id, ['breach'])));
      expect((await secrets.versions(`webhooks/${id}`))?.previous).toBe(config.secret);
    }
  });

  test('a Slack address that is shown in part means the one it was shown for', async () => {
    const made = (await alerts.create({ channels: [slack] })).body;
    const strange = { type: 'slack', config: { webhook_url: '…wxyz' } };
    const { status, body } = await alerts.rule(made.id, 'PATCH', { body: { channels: [strange] } });
    expect([status, body.detail]).toEqual([
      422,
      [
        {
          ...{ type: 'value_error', loc: ['body', 'channels', 0, 'config', 'webhook_url'] },
          ...{ msg: 'Value error, No channel of the rule ends so', ctx: { error: {} } },
        },
      ],
    ]);
  });
});

test.each([
  [{ severity: 'critical' }, [], 'A critical rule has nothing to escalate to'],
  [{ escalation_severity: 'warning' }, ['escalation_severity'], 'Must be above severity, which is warning'],
  [{ params: { of: 'volume' } }, ['params', 'of'], 'Only prediction_anomaly has it'],
  [
    { escalation_minutes: null, escalation_severity: 'critical' },
    ['escalation_severity'],
    'Needs escalation_minutes',
  ],
])('%j contradicts what the rule says already', async (patch, loc, why) => {
  const id = await alerts.made({ escalation_minutes: 90, escalation_severity: 'critical' });
  const { status, body } = await alerts.rule(id, 'PATCH', { body: patch });
  const fault = {
    type: 'value_error',
    loc: ['body', ...loc],
    msg: `Value error, ${why}`,
    ctx: { error: {} },
  };
  expect([status, body]).toEqual([422, { detail: [fault] }]);
});

test('an escalation that is taken away takes its severity along', async () => {
  const id = await alerts.made({ escalation_minutes: 90 });
  expect(await change(id, { escalation_minutes: null })).toMatchObject({
    ...{ escalation_minutes: null, escalation_severity: null },
  });
});

test('a change repeated under its key is done once', async () => {
  const id = await alerts.made();
  const sent = { body: { name: 'again' }, headers: { 'idempotency-key': `change ${id}` } };
  const first = await alerts.rule(id, 'PATCH', sent);
  const before = alerts.kept();
  const again = await alerts.rule(id, 'PATCH', sent);
  expect([again.status, again.body]).toEqual([200, first.body]);
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(alerts.kept()).toBe(before);
  expect((await alerts.rule(id)).headers.etag).toBe('"2"');
});

describe('delete', () => {
  test('closes what is open without a message, forgets what was remembered, and takes the secrets along', async () => {
    const { id, alert } = await firing();
    const [{ id: channel }] = (await alerts.rule(id)).body.rule.channels;
    const sent = messages();
    expect(alerts.control(`RULE#${id}`).filter(({ sk }) => String(sk).startsWith('W#')).length).toBe(1);
    const { status, body } = await alerts.rule(id, 'DELETE');
    expect([status, body]).toEqual([200, { ok: true }]);
    expect(await closedBy(alert)).toBe('rule_changed');
    expect([messages(), (await alerts.rule(id)).status]).toEqual([sent, 404]);
    expect(alerts.control(`RULE#${id}`).filter(({ sk }) => String(sk).startsWith('W#'))).toEqual([]);
    expect([alerts.control(`RUL#${id}`), await secrets.read(`webhooks/${channel}`)]).toEqual([[], undefined]);
  });

  test('repeated under its key is done once', async () => {
    const id = await alerts.made();
    const headers = { 'idempotency-key': `gone ${id}` };
    const first = await alerts.rule(id, 'DELETE', { headers });
    const again = await alerts.rule(id, 'DELETE', { headers });
    expect([first.status, again.status, again.body]).toEqual([200, 200, { ok: true }]);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });
});
