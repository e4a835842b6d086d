import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { hook, type Notifying, slack, startNotifying } from '../functions/support/notifying.ts';
import type { Behaviour } from '../support/receiver.ts';

let here: Notifying;
beforeAll(async () => {
  here = await startNotifying();
});
afterAll(() => here.close());
beforeEach(() => vi.setSystemTime(Date.now() + 3 * 86_400_000));

const well: Behaviour = (response) => response.writeHead(200).end();
const gone: Behaviour = (response) => response.writeHead(410).end();
let rules = 0;

/** Start one delivery by a webhook of its own, beside which the rule has a channel of Slack. */
async function begin() {
  rules += 1;
  const channels = [
    { type: 'webhook', config: { url: `${hook}/${rules}` } },
    { type: 'slack', config: { webhook_url: slack } },
  ];
  const [started] = await here.say((await here.rule(channels)).id);
  if (!started) throw new Error('nothing was said');
  here.receiver.received.length = 0;
  here.lines.length = 0;
  return started;
}

/** The process ends at the nth call to a service, before it is made or after; how many calls there were. */
async function dyingAt(nth: number, when: 'before' | 'after', work: () => Promise<unknown>): Promise<number> {
  const { hooks } = here.world;
  const { around } = hooks;
  let calls = 0;
  hooks.around = async (call, run) => {
    calls += 1;
    if (calls !== nth) return around(call, run);
    if (when === 'after') await around(call, run);
    throw new Error('the process was killed');
  };
  try {
    await work();
  } finally {
    hooks.around = around;
  }
  return calls;
}

const sentBy = (id: string) =>
  here.receiver.received.filter(({ headers }) => headers['webhook-id'] === id).length;
const givenUp = () => here.lines.filter((line) => line.includes('"GivenUp"')).length;

describe.each(['before', 'after'] as const)('P8: killed %s any call to a service', (when) => {
  test('a message that its channel takes is delivered at least once, under one id', async () => {
    here.receiver.behave = well;
    let calls = Number.POSITIVE_INFINITY;
    for (let nth = 1; nth <= calls; nth++) {
      const started = await begin();
      calls = await dyingAt(nth, when, () => here.deliver(started));
      expect(here.row(started), `call ${nth}`).toMatchObject({ state: 'delivered' });
      expect(sentBy(started.detail.subject)).toBeGreaterThanOrEqual(1);
      expect(sentBy(started.detail.subject)).toBe(here.receiver.received.length);
      expect(givenUp()).toBe(0);
    }
    expect(calls).toBeGreaterThan(4);
  });

  test('a message that its channel does not take is a dead letter with its metric, and the others hear of it once', async () => {
    here.receiver.behave = gone;
    let calls = Number.POSITIVE_INFINITY;
    for (let nth = 1; nth <= calls; nth++) {
      const started = await begin();
      calls = await dyingAt(nth, when, () => here.deliver(started));
      expect(here.row(started), `call ${nth}`).toMatchObject({ state: 'failed' });
      expect(here.rows('DEAD#').filter(({ sk }) => sk === started.detail.subject)).toHaveLength(1);
      expect(givenUp()).toBeGreaterThanOrEqual(1);
      const { rule_id } = here.row(started);
      const of = here.rows('DELIVERY#').filter((row) => row.rule_id === rule_id);
      expect(of.filter(({ message }) => String(message).includes('"undelivered"'))).toHaveLength(1);
    }
    expect(calls).toBeGreaterThan(7);
  });
});

test.each([0, 0.1, 1, 6, 12, 15])(
  'P8: a channel that is dead for %d h is reached within its tries',
  async (hours) => {
    const started = await begin();
    const until = Date.now() + hours * 3_600_000;
    here.receiver.behave = (response) => response.writeHead(Date.now() < until ? 503 : 200).end();
    await here.deliver(started);
    expect(here.row(started)).toMatchObject({ state: 'delivered' });
    expect(givenUp()).toBe(0);
  },
);

test.each([20, 24])(
  'P8: a channel that is dead for %d h is given up, and its message goes when it is redriven',
  async (hours) => {
    const started = await begin();
    const until = Date.now() + hours * 3_600_000;
    here.receiver.behave = (response) => response.writeHead(Date.now() < until ? 503 : 200).end();
    await here.deliver(started);
    expect(here.row(started)).toMatchObject({ state: 'failed', attempts: 7 });
    expect(givenUp()).toBe(1);
    vi.setSystemTime(until);
    const { project_id, subject: delivery_id } = started.detail;
    await here.world.call('redriveDelivery', { params: { project_id, delivery_id } });
    await here.deliver(started);
    expect(here.row(started)).toMatchObject({ state: 'delivered' });
    expect(new Set(here.receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set([delivery_id]),
    );
  },
);
