import * as deliveries from '../../../adapters/alerts/deliveries.ts';
import * as sending from '../../../adapters/alerts/sending.ts';
import { type Delivery, destination } from '../../../domain/alerts/delivery.ts';
import { after, type Next, type Reply } from '../../../domain/alerts/retry.ts';
import { now } from '../clock.ts';
import { each } from '../lists.ts';
import { prepared } from './say.ts';

/** Milliseconds that what is said to people waits for the rest of its minute. */
const gathering = 10_000;
/** Longer than the function may run: after that, whoever took the sending on is gone. */
const claimTime = 60_000;
/** As many as a mail can still be read with; what is left over is sent next. */
const mostTogether = 50;

type Step = { outcome: 'over' | 'failed' | 'wait'; seconds: number };
const over: Step = { outcome: 'over', seconds: 0 };
const failed: Step = { outcome: 'failed', seconds: 0 };

/** In tens of seconds beyond a minute: the history of a machine is bounded, and single seconds would fill it. */
function wait(until: number): Step {
  const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1000));
  return { outcome: 'wait', seconds: seconds > 60 ? Math.ceil(seconds / 10) * 10 : seconds };
}

/**
 * Send a delivery if it is its time, and say what is next for its machine. What one minute has for one destination of
 * people is sent together, under the first of it: whichever machine comes when that is due sends all.
 */
export async function sendDue(projectId: string, sk: string): Promise<Step> {
  const own = await deliveries.get(projectId, sk);
  if (own?.state !== 'pending') return over;
  if (own.given_up) return failed;
  const group = await together(own);
  const [first] = group;
  if (own.channel.type !== 'webhook' && first.due_at === undefined) {
    const due = Date.now() + gathering;
    await sending.postpone(first, due);
    return wait(due);
  }
  const free = Math.max(first.due_at ?? 0, first.claimed_until ?? 0);
  if (free > Date.now()) return wait(free);
  return attempt(group);
}

/** Those that are sent with this one, the first of which stands for all. */
async function together(own: Delivery): Promise<[Delivery, ...Delivery[]]> {
  if (own.channel.type === 'webhook') return [own];
  const beside = await deliveries.together(own.project_id, own.tick, destination(own.channel));
  const waiting = beside.filter(({ state, given_up }) => state === 'pending' && !given_up);
  const [first = own, ...others] = waiting.slice(0, mostTogether);
  return [first, ...others];
}

async function attempt(group: [Delivery, ...Delivery[]]): Promise<Step> {
  const [first] = group;
  const gone = first.channel.type === 'webhook' && (await sending.isDisabled(first));
  const send = gone ? async () => disabled : await prepared(group);
  const at = Date.now();
  const first_at = first.first_at ?? at;
  if (!(await sending.claim(first, { claimed_until: at + claimTime, first_at }))) return wait(at + 1_000);
  const reply = await send();
  const attempts = first.attempts + 1;
  const tried = { attempts, uncounted: first.uncounted ?? 0, firstAt: first_at };
  const next = after(reply, tried, Date.now(), Math.random());
  const fields = { ...told(reply, next), attempts, first_at, claimed_until: undefined };
  // The one that stands for all goes last: until then, whoever comes sends all of it again.
  await each(group.toReversed(), (delivery) => sending.note(delivery, fields), 1);
  // After it is noted: whoever came in between would find a channel that is gone, and nobody to tell.
  if (reply.status === 410) await sending.disable(first, now());
  if (next.state === 'pending') return wait(next.dueAt);
  return next.state === 'failed' ? failed : over;
}

const disabled: Reply = { status: null, error: 'endpoint_disabled', final: true };

/** What is kept of a try. */
function told({ status }: Reply, next: Next): sending.Sending {
  if (next.state === 'delivered')
    return { state: 'delivered', delivered_at: now(), last_status: status, last_error: null };
  const said = { last_status: status, last_error: next.error };
  return next.state === 'failed'
    ? { ...said, given_up: true }
    : { ...said, due_at: next.dueAt, uncounted: next.uncounted };
}
