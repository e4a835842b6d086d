import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { put } from '../../adapters/aws/secrets.ts';
import type { Behaviour } from '../support/receiver.ts';
import { hook, type Notifying, slack, startNotifying } from './support/notifying.ts';

let here: Notifying;
const start = Date.parse('2026-07-01T12:00:00Z');
let days = 0;
beforeAll(async () => {
  here = await startNotifying();
});
afterAll(() => here.close());
beforeEach(() => {
  // Every test has a day of its own, so that no two deliveries lie in the same minute.
  vi.setSystemTime(start + 3 * 86_400_000 * days++);
  Object.assign(here.receiver, {
    received: Object.assign(here.receiver.received, { length: 0 }),
    addresses: async () => ['93.184.215.14'],
    behave: ((response) => response.writeHead(204).end()) as Behaviour,
  });
  here.world.mail.length = 0;
  here.lines.length = 0;
});

const webhook = (n: number) => ({ type: 'webhook', config: { url: `${hook}/${n}` } });
const answer =
  (status: number, headers = {}): Behaviour =>
  (response) =>
    response.writeHead(status, headers).end('words of the receiver');
/** The nth answer to the nth try; the last one from then on. */
const answers =
  (...each: Behaviour[]): Behaviour =>
  (response, received, n) =>
    (each[n - 1] ?? each.at(-1))?.(response, received, n);
const ids = () => here.receiver.received.map(({ headers }) => headers['webhook-id']);
const givenUp = () => here.lines.filter((line) => line.includes('"GivenUp"'));

/** One delivery by one webhook of its own. */
async function one(n: number) {
  const rule = await here.rule([webhook(n)]);
  const [started] = await here.say(rule.id);
  if (!started) throw new Error('nothing was said');
  return { ...rule, started };
}

/** What a receiver finds when it checks the nth message with a secret, at the time it came. */
function checked(n: number, secret: string) {
  const { headers = {}, body = '' } = here.receiver.received[n] ?? {};
  const named = ['id', 'timestamp', 'signature'].map((name) => [
    `webhook-${name}`,
    String(headers[`webhook-${name}`]),
  ]);
  vi.setSystemTime(Number(headers['webhook-timestamp']) * 1_000);
  return new Webhook(secret).verify(body, Object.fromEntries(named));
}

test('an event arrives signed, and is delivered', async () => {
  const { started, secret } = await one(1);
  await here.deliver(started);
  expect(ids()).toEqual([started.detail.subject]);
  expect(checked(0, secret)).toMatchObject({
    type: 'alert.firing',
    data: { alert: { metric: 'drift_psi', value: 0.31 }, rule: { name: 'Drift' } },
  });
  expect(here.row(started)).toMatchObject({
    state: 'delivered',
    attempts: 1,
    last_status: 204,
    last_error: null,
  });
});

test('for a day after a change of its secret an event is signed with both', async () => {
  const { started, secret, id } = await one(2);
  const channel = JSON.parse(String(here.row(started).channel));
  const next = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  await put(`webhooks/${channel.id}`, next);
  await here.deliver(started);
  vi.setSystemTime(Date.now() + 86_400_000);
  const [later] = await here.say(id);
  if (later) await here.deliver(later);
  for (const [n, key] of [
    [0, secret],
    [0, next],
    [1, next],
  ] as const)
    expect(checked(n, key)).toBeDefined();
  expect(() => checked(1, secret)).toThrow('No matching signature');
});

test('a channel that fails is tried seven times over 17 h 35 min under one id, then it is a dead letter', async () => {
  here.receiver.behave = answer(500);
  const rule = await here.rule([webhook(3), { type: 'slack', config: { webhook_url: slack } }]);
  const [started] = await here.say(rule.id);
  if (!started) throw new Error('nothing was said');
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const began = Date.now();
  const times: number[] = [];
  here.receiver.behave = (response, received, n) => {
    times.push((Date.now() - began) / 1000);
    answer(500)(response, received, n);
  };
  await here.deliver(started);
  expect(times).toEqual([0, 5, 305, 2_105, 9_305, 27_305, 63_305]);
  expect(new Set(ids())).toEqual(new Set([started.detail.subject]));
  expect(here.row(started)).toMatchObject({
    state: 'failed',
    attempts: 7,
    last_status: 500,
    last_error: 'http_500',
  });
  const dead = here.rows('DEAD#').find(({ sk }) => sk === started.detail.subject);
  expect(dead).toMatchObject({
    kind: 'delivery',
    reason: 'http_500',
    attempts: 7,
    ...{ delivery_sk: started.detail.delivery_sk },
  });
  expect(givenUp()).toHaveLength(1);
  // The other channel is told once, in a message of its own that goes the same way.
  const notes = here.rows('DELIVERY#').filter(({ message }) => String(message).includes('"undelivered"'));
  expect(notes).toHaveLength(1);
  expect(JSON.parse(String(notes[0]?.channel))).toMatchObject({ type: 'slack' });
  const word = here.rows('OUT#').find(({ delivery_sk }) => delivery_sk === notes[0]?.sk);
  expect(word).toMatchObject({ type: 'alert.delivery' });
  here.receiver.behave = answer(200);
  await here.deliver({ detail: word as never });
  expect(here.receiver.received.at(-1)?.body).toContain('could not be delivered by webhook (http_500)');
});

test('giving up twice leaves one dead letter, and tells nobody twice', async () => {
  here.receiver.behave = answer(410);
  const { started } = await one(4);
  expect(await here.ask('sendDelivery', started)).toMatchObject({ outcome: 'failed' });
  await Promise.all([1, 2, 3].map(() => here.ask('giveUpDelivery', started)));
  await here.deliver(started);
  expect(here.row(started)).toMatchObject({ state: 'failed', last_status: 410 });
  expect(here.rows('DEAD#').filter(({ sk }) => sk === started.detail.subject)).toHaveLength(1);
  expect(here.receiver.received).toHaveLength(1);
});

test.each<[string, Behaviour, number, number]>([
  ['fails and recovers', answers(answer(500), answer(503), answer(204)), 3, 305],
  ['is not there for once', answers(({ socket }) => socket?.destroy(), answer(200)), 2, 5],
  ['answers a redirect', answers(answer(302, { location: 'http://169.254.169.254/' }), answer(200)), 2, 5],
  ['asks to come later', answers(answer(503, { 'retry-after': '700' }), answer(200)), 2, 700],
  ['has had too much', answers(answer(429, { 'retry-after': '60' }), answer(429), answer(200)), 3, 360],
])('a receiver that %s gets it in the end', async (_, behave, tries, seconds) => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  here.receiver.behave = behave;
  const began = Date.now();
  const { started } = await one(100 + days);
  await here.deliver(started);
  expect(here.row(started)).toMatchObject({ state: 'delivered', attempts: tries, last_error: null });
  expect((Date.now() - began) / 1000).toBeCloseTo(seconds, 0);
  expect(ids()).toEqual(Array(tries).fill(started.detail.subject));
  expect(givenUp()).toEqual([]);
});

test('a receiver that has had too much for a whole day is given up then, within the bounds of a machine', async () => {
  here.receiver.behave = answer(429, { 'retry-after': '1' });
  const { started } = await one(12);
  const began = Date.now();
  const states = await here.deliver(started);
  expect(here.row(started)).toMatchObject({ state: 'failed', last_status: 429, last_error: 'http_429' });
  expect(here.receiver.received.length).toBeGreaterThan(250);
  expect(Date.now() - began).toBeLessThanOrEqual(86_400_000);
  // Each state is two events of the history, and a task five.
  expect(2 * states + 3 * here.receiver.received.length).toBeLessThan(25_000 * 0.6);
});

test('H52: a name that leads elsewhere at the next try is not followed there', async () => {
  const { started } = await one(5);
  let asked = 0;
  here.receiver.addresses = async () => (asked++ === 0 ? ['93.184.215.14'] : ['127.0.0.1']);
  here.receiver.behave = answer(500);
  await here.ask('sendDelivery', started);
  vi.setSystemTime(Date.now() + 60_000);
  expect(await here.ask('sendDelivery', started)).toMatchObject({ outcome: 'wait' });
  expect(here.receiver.received).toHaveLength(1);
  expect(here.row(started)).toMatchObject({ attempts: 2, last_status: null, last_error: 'blocked_address' });
});

test('a sender that dies between sending and noting it sends again, under the same id', async () => {
  const { started } = await one(6);
  const { around } = here.world.hooks;
  here.world.hooks.around = (call, run) =>
    call.command === 'UpdateItem' && here.receiver.received.length === 1
      ? Promise.reject(new Error('the process was killed'))
      : around(call, run);
  await expect(here.ask('sendDelivery', started)).rejects.toThrow('killed');
  here.world.hooks.around = around;
  expect(here.row(started)).toMatchObject({ state: 'pending', attempts: 1 });
  await here.deliver(started);
  expect(ids()).toEqual([started.detail.subject, started.detail.subject]);
  expect(here.row(started)).toMatchObject({ state: 'delivered', attempts: 2 });
});

test('an event that comes twice, and machines at the same time, send it once', async () => {
  const { started } = await one(7);
  await Promise.all([1, 2, 3].map(() => here.ask('sendDelivery', started)));
  await here.deliver(started);
  expect(here.receiver.received).toHaveLength(1);
  expect(here.row(started)).toMatchObject({ state: 'delivered', attempts: 1 });
});

test('who comes while it is being sent waits until that must be over', async () => {
  const { started } = await one(11);
  const { promise: arrived, resolve: arrives } = Promise.withResolvers<() => void>();
  here.receiver.behave = (response) => arrives(() => response.writeHead(204).end());
  const first = here.ask('sendDelivery', started);
  const release = await arrived;
  expect(await here.ask('sendDelivery', started)).toEqual({ outcome: 'wait', seconds: 60 });
  release();
  expect(await first).toMatchObject({ outcome: 'over' });
  expect(here.receiver.received).toHaveLength(1);
});

test('an endpoint that is gone is not asked again, until a test finds it there or its delivery is redriven', async () => {
  here.receiver.behave = answer(410);
  const { started, id } = await one(8);
  await here.deliver(started);
  const [second] = await here.say(id);
  if (!second) throw new Error('nothing was said');
  await here.deliver(second);
  expect(here.receiver.received).toHaveLength(1);
  expect(here.row(second)).toMatchObject({ state: 'failed', last_error: 'endpoint_disabled' });
  here.receiver.behave = answer(204);
  const tested = await here.world.call('testAlertRule', { params: { rule_id: id } });
  expect(tested.body).toEqual({ ok: true, results: [{ type: 'webhook', ok: true, status: 204 }] });
  const [third] = await here.say(id);
  if (third) await here.deliver(third);
  expect(third && here.row(third)).toMatchObject({ state: 'delivered' });
});

test('a channel whose secret is gone with its rule is given up at once', async () => {
  const { started, id } = await one(9);
  await here.world.call('deleteAlertRule', { params: { rule_id: id } });
  await here.deliver(started);
  expect(here.row(started)).toMatchObject({ state: 'failed', attempts: 1, last_error: 'no_secret' });
  expect(here.receiver.received).toEqual([]);
});

describe('what one minute has for the same people', () => {
  test.each([
    ['Slack', [{ type: 'slack', config: { webhook_url: slack } }]],
    ['e-mail', [{ type: 'email', config: { to: ['ops@example.com', 'ml@example.com'] } }]],
  ])('is one message to %s, and all of it is delivered', async (_, channels) => {
    const made = [await here.rule(channels), await here.rule(channels), await here.rule(channels)];
    const said = [];
    for (const [i, rule] of made.entries()) said.push(...(await here.say(rule.id, { n: 1_000 + i })));
    const [first, second, third] = said;
    if (!first || !second || !third) throw new Error('nothing was said');
    expect(await here.ask('sendDelivery', second)).toEqual({ outcome: 'wait', seconds: 10 });
    await here.deliver(third);
    for (const one of said) expect(here.row(one)).toMatchObject({ state: 'delivered', attempts: 1 });
    expect(await here.ask('sendDelivery', first)).toEqual({ outcome: 'over', seconds: 0 });
    const sent = [
      ...here.receiver.received.map(({ body }) => JSON.parse(body).text),
      ...here.world.mail.map(({ Content }) => Content.Simple.Body.Text.Data),
    ];
    expect(sent).toHaveLength(1);
    for (const n of [1_000, 1_001, 1_002]) expect(sent[0]).toContain(`Measured: ${n} from`);
  });

  test('is tried again together, by whichever machine is still there', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const rule = await here.rule([{ type: 'slack', config: { webhook_url: slack } }]);
    here.receiver.behave = answers(answer(500), answer(200));
    const [[first], [second]] = [await here.say(rule.id, { n: 1 }), await here.say(rule.id, { n: 2 })];
    if (!first || !second) throw new Error('nothing was said');
    await here.ask('sendDelivery', first);
    vi.setSystemTime(Date.now() + 10_000);
    expect(await here.ask('sendDelivery', first)).toEqual({ outcome: 'wait', seconds: 5 });
    await here.deliver(second);
    expect(here.receiver.received).toHaveLength(2);
    for (const one of [first, second])
      expect(here.row(one)).toMatchObject({ state: 'delivered', attempts: 2 });
  });
});

test('mail goes to all its recipients from the one sender', async () => {
  const { id } = await here.rule([{ type: 'email', config: { to: ['ops@example.com', 'ml@example.com'] } }]);
  const [started] = await here.say(id);
  if (started) await here.deliver(started);
  expect(here.world.mail).toMatchObject([
    {
      FromEmailAddress: 'alerts@example.com',
      Destination: { ToAddresses: ['ops@example.com', 'ml@example.com'] },
      Content: { Simple: { Subject: { Data: '[critical] fraud-detector: drift_psi 0.31 ≥ 0.25' } } },
    },
  ]);
});

test('without a sender the rule is made with a warning, and its mail is a dead letter that says why', async () => {
  vi.stubEnv('ALERT_SENDER', '');
  const { id } = await here.rule([{ type: 'email', config: { to: ['ops@example.com'] } }]);
  const [started] = await here.say(id);
  if (!started) throw new Error('nothing was said');
  await here.deliver(started);
  vi.stubEnv('ALERT_SENDER', 'alerts@example.com');
  expect(here.row(started)).toMatchObject({ state: 'failed', attempts: 1, last_error: 'no_sender' });
  expect(givenUp()).toHaveLength(1);
});

test('no line that is written holds an address, a secret, or what a receiver said', async () => {
  here.receiver.behave = answer(410);
  const rule = await here.rule([webhook(10), { type: 'slack', config: { webhook_url: slack } }]);
  for (const started of await here.say(rule.id)) await here.deliver(started);
  expect(givenUp()).toHaveLength(2);
  for (const word of ['hooks.', rule.secret.slice(6), 'abcdWXYZ', 'words of', '0.31'])
    expect(here.lines.join(''), word).not.toContain(word);
});
