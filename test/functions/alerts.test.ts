import { beforeAll, describe, expect, test } from 'vitest';
import * as rules from '../../adapters/alerts/rules.ts';
import { minute, start } from '../support/alerts.ts';
import { type Alerts, openAlerts } from './support/alertRules.ts';
import { noId } from './support/wire.ts';

let alerts: Alerts;
beforeAll(async () => {
  alerts = await openAlerts();
});
const two = [
  { type: 'webhook', config: { url: 'https://example.com/hook' } },
  { type: 'email', config: { to: ['a@example.com'] } },
];
const alertOf = async (rule: string) => (await alerts.alerts(`?rule_id=${rule}`)).items[0];
const firing = async (more: object = {}) => {
  const rule = await alerts.made(more);
  await alerts.find(rule, ['breach']);
  return { rule, id: (await alertOf(rule)).id as string };
};
const deliveriesOf = (rule: string) => alerts.control('DELIVERY#').filter(({ rule_id }) => rule_id === rule);

describe('an alert', () => {
  test('is shown with every key, and with its history', async () => {
    const rule = await alerts.made();
    await alerts.find(rule, ['breach', 'breach', 'clear', 'clear']);
    const item = await alertOf(rule);
    expect(item).toEqual({
      ...{ id: item.id, alert_id: item.id, rule_id: rule, deployment_id: alerts.deployment_id },
      ...{ metric: 'error_rate', params: {}, operator: 'gt', threshold: 5, value: 1, n: 100 },
      window: { from: '2025-12-31T23:53:00Z', to: '2026-01-01T00:03:00Z' },
      ...{ severity: 'warning', state: 'resolved', firing_since: '2026-01-01T00:00:00Z', escalated_at: null },
      ...{ acknowledged_at: null, acknowledged_by: null },
      ...{ closed_at: '2026-01-01T00:03:00Z', closed_by: 'recovered' },
    });
    const { status, body, headers } = await alerts.alert(item.id);
    expect([status, headers.etag, body.alert]).toEqual([200, '"3"', item]);
    expect(body.history).toEqual([
      { at: '2026-01-01T00:00:00Z', from: 'ok', to: 'firing', value: 9, n: 100, reason: 'breach' },
      { at: '2026-01-01T00:02:00Z', from: 'firing', to: 'recovering', value: 1, n: 100, reason: 'clear' },
      { at: '2026-01-01T00:03:00Z', from: 'recovering', to: 'ok', value: 1, n: 100, reason: 'recovered' },
    ]);
  });

  test('is told over every channel of its rule, in the transaction that opens or ends it', async () => {
    const rule = await alerts.made({ channels: two });
    await alerts.find(rule, ['breach', 'clear', 'clear']);
    const { id } = await alertOf(rule);
    const told = deliveriesOf(rule).map((item) => {
      const { type, alert } = JSON.parse(String(item.message));
      return [type, alert.id, JSON.parse(String(item.channel)).type, item.state];
    });
    expect(told.sort()).toEqual([
      ['alert.firing', id, 'email', 'pending'],
      ['alert.firing', id, 'webhook', 'pending'],
      ['alert.resolved', id, 'email', 'pending'],
      ['alert.resolved', id, 'webhook', 'pending'],
    ]);
    const out = alerts.control(`OUT#${alerts.project_id}`);
    const asked = out
      .filter(({ type }) => type === 'alert.delivery')
      .map((item) => [item.subject, item.delivery_sk]);
    const kept = deliveriesOf(rule).map((item) => [item.id, item.sk]);
    expect(asked).toEqual(expect.arrayContaining(kept));
    const words = out.filter(({ subject }) => subject === id).map(({ type }) => type);
    expect(words.sort()).toEqual(['alert.firing', 'alert.resolved']);
  });

  test('that nobody was told of ends in silence', async () => {
    const rule = await alerts.made({ silenced_until: '2099-01-01T00:00:00Z' });
    await alerts.find(rule, ['breach', 'clear', 'clear']);
    expect((await alertOf(rule)).closed_by).toBe('recovered');
    expect(deliveriesOf(rule)).toEqual([]);
  });

  test('shows in its message what the contract says, and nothing more', async () => {
    const rule = await alerts.made();
    await alerts.find(rule, ['breach']);
    const message = JSON.parse(String(deliveriesOf(rule)[0]?.message));
    expect(message).toEqual({
      ...{ type: 'alert.firing', timestamp: '2026-01-01T00:00:00Z' },
      alert: await alertOf(rule),
      rule: { id: rule, name: 'rule' },
      deployment: { id: alerts.deployment_id, name: 'd', stage: 'production' },
    });
  });
});

test('alerts are listed newest first, by what is asked of them', async () => {
  const one = await firing({ severity: 'critical' });
  const other = await alerts.made();
  await alerts.find(other, ['breach', 'clear', 'clear']);
  const ids = async (query: string) => (await alerts.alerts(query)).items.map(({ id }: { id: string }) => id);
  const { id } = await alertOf(other);
  expect(await ids('?state=resolved&limit=1')).toEqual([id]);
  expect(await ids('?severity=critical')).toEqual([one.id]);
  expect(await ids(`?rule_id=${other}&state=firing`)).toEqual([]);
  expect(await ids(`?deployment_id=${noId}`)).toEqual([]);
  const all = await alerts.alerts();
  expect(await alerts.alerts('?limit=1&offset=1')).toEqual({
    ...all,
    items: [all.items[1]],
    limit: 1,
    offset: 1,
  });
  for (const bad of ['state=open', 'severity=bad', 'rule_id=7', 'limit=0'])
    expect((await alerts.send('GET', `${alerts.base}/alerts?${bad}`)).status).toBe(422);
});

describe('an acknowledgement', () => {
  test('is kept with who and why, stays when it comes again, and can be taken back', async () => {
    const { id } = await firing();
    const key = { 'idempotency-key': `ack ${id}` };
    for (const sent of [
      { body: { note: 'mine' }, headers: key },
      { body: { note: 'mine' }, headers: key },
      {},
    ])
      expect(await alerts.ack(id, 'POST', sent)).toMatchObject({ status: 200, body: { ok: true } });
    const { body, headers } = await alerts.alert(id);
    expect(body.alert).toMatchObject({ state: 'firing', acknowledged_at: expect.any(String) });
    expect(body.alert.acknowledged_by).toMatch(/^key:/);
    expect([body.history.length, headers.etag]).toEqual([2, '"2"']);
    expect(body.history[1]).toMatchObject({
      reason: 'acknowledged',
      note: 'mine',
      actor: body.alert.acknowledged_by,
    });
    for (const _ of [1, 2]) expect((await alerts.ack(id, 'DELETE')).body).toEqual({ ok: true });
    const after = (await alerts.alert(id)).body;
    expect([after.alert.acknowledged_at, after.alert.acknowledged_by]).toEqual([null, null]);
    expect(after.history.length).toBe(3);
  });

  test('stops repeats until it is taken back', async () => {
    const { rule, id } = await firing({ cooldown_minutes: 1 });
    await alerts.ack(id);
    await alerts.find(rule, ['breach', 'breach'], { from: 1 });
    expect(deliveriesOf(rule).length).toBe(1);
    await alerts.ack(id, 'DELETE');
    await alerts.find(rule, ['breach'], { from: 3 });
    expect(deliveriesOf(rule).length).toBe(2);
  });

  test('of what is over, or of another revision, is refused', async () => {
    const { rule, id } = await firing();
    for (const method of ['POST', 'DELETE']) {
      const { status, body } = await alerts.ack(id, method, { headers: { 'if-match': '"9"' } });
      expect([status, body]).toEqual([412, { detail: 'The object has changed' }]);
    }
    await alerts.find(rule, ['clear', 'clear'], { from: 1 });
    for (const method of ['POST', 'DELETE'])
      expect(await alerts.ack(id, method)).toMatchObject({
        status: 409,
        body: { detail: 'Alert is resolved' },
      });
  });

  test.each([
    [{ note: 'x'.repeat(1001) }, 'string_too_long'],
    [{ note: 7 }, 'string_type'],
  ])('with a wrong note is refused', async (body, type) => {
    const got = await alerts.ack((await firing()).id, 'POST', { body });
    expect([got.status, got.body.detail]).toMatchObject([422, [{ type, loc: ['body', 'note'] }]]);
  });
});

test.each([
  ['GET', ''],
  ['POST', '/ack'],
  ['DELETE', '/ack'],
])('%s %s of an unknown alert is not found, and of a foreign one just so', async (method, suffix) => {
  const key = await alerts.keyWith({ project_ids: [noId] });
  const { id } = await firing();
  const before = alerts.kept();
  const unknown = await alerts.send(method, `/api/mlops/alerts/${noId}${suffix}`);
  const foreign = await alerts.send(method, `/api/mlops/alerts/${id}${suffix}`, { key });
  for (const { status, body } of [unknown, foreign])
    expect([status, body]).toEqual([404, { detail: 'Alert not found' }]);
  expect(alerts.kept()).toBe(before);
});

describe('several at once', () => {
  test('two evaluators of one watch make one transition and one set of deliveries', async () => {
    const rule = await alerts.made({ channels: two });
    expect(await alerts.find(rule, ['breach', 'clear', 'clear'], { times: 2 })).toEqual([1, 1, 1]);
    const { total, items } = await alerts.alerts(`?rule_id=${rule}`);
    expect([total, deliveriesOf(rule).length]).toEqual([1, 4]);
    expect((await alerts.alert(items[0].id)).body.history.length).toBe(3);
    const slow = await alerts.made({ for: { breaches: 2, of: 3 } });
    expect(await alerts.find(slow, ['clear', 'breach', 'breach'], { times: 2 })).toEqual([1, 1, 1]);
    expect(deliveriesOf(slow).length).toBe(1);
  });

  test('what was found under a rule that has changed meanwhile counts for nothing', async () => {
    const rule = await alerts.made();
    const before = await rules.get(alerts.project_id, rule);
    await alerts.rule(rule, 'PATCH', { body: { threshold: 50 } });
    const [won] = await alerts.find(rule, ['breach'], { as: before });
    expect([won, (await alerts.alerts(`?rule_id=${rule}`)).total]).toEqual([0, 0]);
  });

  test('an alert that opens while its rule is removed is closed, or never opens', async () => {
    for (let nth = 1, isDone = false; !isDone; nth++) {
      const rule = await alerts.made();
      const as = await rules.get(alerts.project_id, rule);
      const remove = async () => expect((await alerts.rule(rule, 'DELETE')).status).toBe(200);
      isDone = !(await alerts.amid(nth, remove, () => alerts.find(rule, ['breach'], { as })));
      for (const { state } of (await alerts.alerts(`?rule_id=${rule}`)).items) expect(state).toBe('resolved');
      const left = alerts.control(`RULE#${rule}`).filter(({ sk }) => String(sk).startsWith('W#'));
      expect(left).toEqual([]);
    }
  });

  test('who acknowledges an alert never acknowledges the one after it', async () => {
    const seen = new Set<number>();
    for (let nth = 1, isDone = false; !isDone; nth++) {
      const { rule, id } = await firing();
      let status = 0;
      const ack = async () => {
        ({ status } = await alerts.ack(id));
      };
      const next = () => alerts.find(rule, ['clear', 'clear', 'breach'], { from: 1 });
      isDone = !(await alerts.amid(nth, ack, next));
      seen.add(status);
      for (const one of (await alerts.alerts(`?rule_id=${rule}`)).items)
        expect(one.acknowledged_at !== null).toBe(one.id === id && status === 200);
    }
    expect([...seen].sort()).toEqual([200, 409]);
  });

  test('an acknowledgement amid evaluations is neither lost nor in their way', async () => {
    for (let nth = 1, isDone = false; !isDone; nth++) {
      const { rule, id } = await firing({ cooldown_minutes: 2 });
      const ack = async () => expect((await alerts.ack(id)).status).toBe(200);
      isDone = !(await alerts.amid(nth, ack, () => alerts.find(rule, ['breach'], { from: 1 })));
      const { body } = await alerts.alert(id);
      expect(body.history.map(({ reason }: { reason: string }) => reason)).toEqual([
        'breach',
        'acknowledged',
      ]);
      await alerts.find(rule, ['breach', 'breach'], { from: 2 });
      const [watch] = alerts.control(`RULE#${rule}`).filter(({ sk }) => String(sk).startsWith('W#'));
      expect(JSON.parse(String(watch?.watch))).toMatchObject({
        evaluated_at: start + 3 * minute,
        incident: { acknowledged_at: expect.any(String) },
      });
      expect(deliveriesOf(rule).length).toBe(1);
    }
  });
});
