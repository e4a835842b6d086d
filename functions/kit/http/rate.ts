import { add } from '../../../adapters/rate.ts';
import { Problem } from '../../../domain/problem.ts';

/** A guard against abuse, exact to a step in every environment: the shared sum is asked once in so many requests. */
const window = 10_000;
const step = 20;
const most = 1_000;

interface Count {
  ends: number;
  asked: number;
  over: boolean;
}
const counts = new Map<string, Count>();

/** Requests of one key in a second, on the average of a window; 0 sets no limit. */
const perSecond = () => Number(process.env.REQUESTS_PER_SECOND ?? 1_000);

/**
 * Count a request of this caller, or refuse it. Where the shared sum is due it is asked beside the work: await the
 * promise when that is done. It never fails, and neither does a request for its sake.
 */
export function admit(caller: string, now: number): Promise<void> {
  const limit = (perSecond() * window) / 1000;
  const count = counted(caller, now);
  if (count.over && limit > 0) throw tooMany(count.ends - now);
  count.asked += 1;
  if (limit === 0 || count.asked % step > 0) return Promise.resolve();
  return add(caller, step, count.ends).then(
    (sum) => {
      count.over = sum >= limit;
    },
    () => {},
  );
}

function counted(caller: string, now: number): Count {
  const ends = (Math.floor(now / window) + 1) * window;
  const known = counts.get(caller);
  if (known?.ends === ends) return known;
  const fresh = { ends, asked: 0, over: false };
  counts.delete(caller);
  counts.set(caller, fresh);
  const oldest = counts.keys().next();
  if (counts.size > most && !oldest.done) counts.delete(oldest.value);
  return fresh;
}

const tooMany = (left: number) =>
  new Problem('tooMany', 'Too Many Requests', { 'retry-after': String(Math.max(1, Math.ceil(left / 1000))) });
