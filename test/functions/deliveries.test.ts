import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Behaviour } from '../support/receiver.ts';
import { hook, type Notifying, slack, startNotifying } from './support/notifying.ts';

let here: Notifying;
let rule_id: string;
const unknown = '01980000-0000-7000-8000-00000000ffff';
beforeAll(async () => {
  here = await startNotifying();
  const channels = [
    { type: 'webhook', config: { url: hook } },
    { type: 'slack', config: { webhook_url: slack } },
    { type: 'email', config: { to: ['ops@example.com'] } },
  ];
  rule_id = (await here.rule(channels)).id;
});
afterAll(() => here.close());
beforeEach(() => {
  here.receiver.received.length = 0;
  here.receiver.behave = (response) => response.writeHead(200).end();
  vi.setSystemTime(Date.now() + 3 * 86_400_000);
});
const call: Notifying['world']['call'] = (...asked) => here.world.call(...asked);
const fails: Behaviour = (response) => response.writeHead(410).end();

test('a test goes out by every channel at once, is marked as one, and leaves nothing behind', async () => {
  const before = here.rows('DELIVERY#').length;
  const { status, body } = await call('testAlertRule', { params: { rule_id } });
  expect([status, body]).toEqual([
    200,
    {
      ok: true,
      results: [
        { type: 'webhook', ok: true, status: 200 },
        { type: 'slack', ok: true, status: 200 },
        { type: 'email', ok: true, status: 200 },
      ],
    },
  ]);
  const bodies = here.receiver.received.map((one) => JSON.parse(one.body));
  expect(bodies.find(({ type }) => type)).toMatchObject({
    type: 'alert.test',
    data: { rule: { id: rule_id } },
  });
  expect(bodies.find(({ text }) => text)?.text).toContain('[test]');
  expect(here.world.mail.at(-1)?.Content.Simple.Subject.Data).toMatch(/^\[test\] /);
  expect(here.rows('DELIVERY#')).toHaveLength(before);
});

test('a test is sent once for each Idempotency-Key, and its results are told again', async () => {
  const asked = { params: { rule_id }, headers: { 'idempotency-key': 'one test' } };
  const answers = [await call('testAlertRule', asked), await call('testAlertRule', asked)];
  expect(answers[1]?.body).toEqual(answers[0]?.body);
  expect(here.receiver.received).toHaveLength(2);
});

test('a test says of every channel what went wrong', async () => {
  here.receiver.behave = (response, { headers }) =>
    response.writeHead(headers['webhook-id'] ? 302 : 404, { location: 'http://169.254.169.254/' }).end();
  vi.stubEnv('ALERT_SENDER', '');
  const { body } = await call('testAlertRule', { params: { rule_id } });
  vi.stubEnv('ALERT_SENDER', 'alerts@example.com');
  expect(body).toEqual({
    ok: false,
    results: [
      { type: 'webhook', ok: false, status: 302, error: 'http_302' },
      { type: 'slack', ok: false, status: 404, error: 'http_404' },
      { type: 'email', ok: false, error: 'no_sender' },
    ],
  });
  here.receiver.addresses = async () => ['93.184.215.14', '::1'];
  const { body: blocked } = await call('testAlertRule', { params: { rule_id } });
  here.receiver.addresses = async () => ['93.184.215.14'];
  expect(blocked.results[0]).toEqual({ type: 'webhook', ok: false, error: 'blocked_address' });
});

test('deliveries are listed newest first, by state, without what they say or an address of Slack', async () => {
  here.receiver.behave = fails;
  const [first, second] = await here.say(rule_id);
  if (!first || !second) throw new Error('nothing was said');
  await here.deliver(first);
  const params = { project_id: here.project_id };
  const all = await call('listDeliveries', { params, query: 'limit=2' });
  expect(all.body).toMatchObject({ total: expect.any(Number), limit: 2, offset: 0 });
  expect(all.body.items).toHaveLength(2);
  const failed = await call('listDeliveries', { params, query: 'state=failed' });
  expect(failed.body.items[0]).toMatchObject({
    ...{ id: first.detail.subject, delivery_id: first.detail.subject, rule_id, type: 'alert.firing' },
    ...{ state: 'failed', attempts: 1, last_status: 410, last_error: 'http_410', next_attempt_at: null },
    channel: { type: 'webhook', config: { url: hook, secret: expect.stringMatching(/^whsec_….{4}$/) } },
  });
  const pending = await call('listDeliveries', { params, query: 'state=pending' });
  expect(pending.body.items.map(({ state }: { state: string }) => state)).not.toContain('failed');
  expect(JSON.stringify([all.body, failed.body, pending.body])).not.toMatch(/abcd|0\.31|exp"/);
  vi.setSystemTime(Date.now() + 31 * 86_400_000);
  expect((await call('listDeliveries', { params })).body).toMatchObject({ items: [], total: 0 });
  expect((await call('listDeliveries', { params, query: 'state=lost' })).status).toBe(422);
  expect((await call('listDeliveries', { params: { project_id: unknown } })).status).toBe(404);
});

test('a dead letter is redriven under its id, once for each Idempotency-Key, and goes', async () => {
  here.receiver.behave = fails;
  const rule = await here.rule([{ type: 'webhook', config: { url: `${hook}/redriven` } }]);
  const [started] = await here.say(rule.id);
  if (!started) throw new Error('nothing was said');
  await here.deliver(started);
  const dead = () => here.rows('DEAD#').filter(({ sk }) => sk === started.detail.subject);
  expect(dead()).toHaveLength(1);
  const params = { project_id: here.project_id, delivery_id: started.detail.subject };
  const words = () => here.rows('OUT#').filter(({ subject }) => subject === started.detail.subject);
  const headers = { 'idempotency-key': 'again' };
  const before = words().length;
  const answers = [
    await call('redriveDelivery', { params, headers }),
    await call('redriveDelivery', { params, headers }),
  ];
  for (const { status, body } of answers)
    expect([status, body.delivery]).toMatchObject([
      200,
      { id: params.delivery_id, state: 'pending', attempts: 0 },
    ]);
  expect(answers[1]?.headers['idempotency-replayed']).toBe('true');
  expect(words()).toHaveLength(before + 1);
  expect(dead()).toEqual([]);

  // Without a key it is started once more, which changes nothing.
  expect((await call('redriveDelivery', { params })).body.delivery).toMatchObject({ state: 'pending' });
  here.receiver.behave = (response) => response.writeHead(200).end();
  const last = words().at(-1);
  await here.deliver({ detail: last as never });
  expect(here.row(started)).toMatchObject({ state: 'delivered', attempts: 1 });
  expect(here.receiver.received.map(({ headers: h }) => h['webhook-id'])).toEqual([
    params.delivery_id,
    params.delivery_id,
  ]);
  const over = await call('redriveDelivery', { params });
  expect([over.status, over.body]).toEqual([409, { detail: 'Delivery is delivered' }]);
});

test.each([
  ['of another project', () => ({ project_id: unknown, delivery_id: unknown }), 'Project not found'],
  ['that nobody knows', () => ({ project_id: here.project_id, delivery_id: unknown }), 'Delivery not found'],
])('a delivery %s is not found', async (_, params, detail) => {
  const { status, body } = await call('redriveDelivery', { params: params() });
  expect([status, body]).toEqual([404, { detail }]);
});

test.each([
  ['a private address', ['10.0.0.5']],
  ['a public address, and our own of IPv6', ['93.184.215.14', '::1']],
])('H51: a host with %s is refused where a rule is made or changed, at its field', async (_, addresses) => {
  here.receiver.addresses = async () => addresses;
  const channels = [
    { type: 'email', config: { to: ['ops@example.com'] } },
    { type: 'webhook', config: { url: `${hook}/inside` } },
    { type: 'slack', config: { webhook_url: slack } },
  ];
  const body = {
    name: 'Inside',
    metric: 'drift_psi',
    operator: 'gt',
    threshold: 1,
    severity: 'info',
    channels,
  };
  const made = await call('createAlertRule', { params: { project_id: here.project_id }, body });
  const changed = await call('updateAlertRule', { params: { rule_id }, body: { channels } });
  here.receiver.addresses = async () => ['93.184.215.14'];
  for (const { status, body: refused } of [made, changed]) {
    expect(status).toBe(422);
    expect(refused.detail.map(({ loc }: { loc: string[] }) => loc.join('.'))).toEqual([
      'body.channels.1.config.url',
      'body.channels.2.config.webhook_url',
    ]);
  }
});

test('a host that cannot be resolved now may be entered', async () => {
  here.receiver.addresses = () => Promise.reject(new Error('no answer'));
  expect((await here.rule([{ type: 'webhook', config: { url: `${hook}/later` } }])).id).toBeTruthy();
  here.receiver.addresses = async () => ['93.184.215.14'];
});

test('a rule of nobody is not tested', async () => {
  const { status, body } = await call('testAlertRule', { params: { rule_id: unknown } });
  expect([status, body]).toEqual([404, { detail: 'Alert rule not found' }]);
  expect(here.receiver.received).toEqual([]);
});
