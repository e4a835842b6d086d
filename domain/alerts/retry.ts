/** What a channel said to one try. */
export interface Reply {
  /** Of HTTP, where there was an answer. */
  status: number | null;
  /** The header as it came. */
  retryAfter?: string;
  /** A word for what went wrong, where it is not the status: never a text of the receiver's. */
  error?: string;
  /** No later try can go better. */
  final?: true;
}

/** What was tried so far. Times in epoch milliseconds. */
export interface Tried {
  /** How often it was sent, this time included. */
  attempts: number;
  /** How many of these were answered with 429, which does not count. */
  uncounted: number;
  /** When it was sent first. */
  firstAt: number;
}

export type Next =
  | { state: 'delivered' }
  | { state: 'failed'; error: string }
  | { state: 'pending'; error: string; dueAt: number; uncounted: number };

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** The pause before each try: the schedule of Standard Webhooks, as far as an alert is still news. */
const pauses = [0, 5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour];
/** Nothing is sent later than this after its first try, whatever the receiver asks for. */
const longest = 24 * hour;
/** Statuses by which a receiver may say when to come again. */
const mayPostpone = [429, 502, 503, 504];

export const isDelivered = ({ status, error }: Reply): boolean =>
  error === undefined && status !== null && status >= 200 && status < 300;

/** What follows a try. `at`: now, in epoch milliseconds; `random`: from 0 up to but not 1. */
export function after(reply: Reply, tried: Tried, at: number, random: number): Next {
  if (isDelivered(reply)) return { state: 'delivered' };
  const error = reply.error ?? `http_${reply.status}`;
  const refused = reply.status === 429;
  const uncounted = tried.uncounted + (refused ? 1 : 0);
  const counted = tried.attempts - uncounted;
  if (reply.final || reply.status === 410 || counted >= pauses.length) return { state: 'failed', error };
  // What is not counted still slows down: after the first refusal it waits minutes.
  const place = refused ? Math.min(tried.attempts, counted + 2, pauses.length - 1) : counted;
  const pause = pauses[place] ?? 0;
  const asked = mayPostpone.includes(reply.status ?? 0) ? postponed(reply.retryAfter, at) : at;
  const dueAt = Math.round(Math.max(at + pause * (0.9 + 0.2 * random), asked));
  return dueAt > tried.firstAt + longest
    ? { state: 'failed', error }
    : { state: 'pending', error, dueAt, uncounted };
}

/** The moment that `Retry-After` names, in seconds from now or as a date; now where it names none. */
function postponed(retryAfter: string | undefined, at: number): number {
  const text = retryAfter?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return at + Number(text) * second;
  const date = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? at : Math.max(at, date);
}
