import { type Cron, fromEventBridge } from '../domain/cron.ts';
import { nextTimes } from '../domain/cronTimes.ts';
import { readJson, writeWhole } from './files.ts';
import type { RulePlan } from './template/plan.ts';

/** When a schedule is due next after a moment; null when never again. */
export type Next = (after: Date) => Date | null;

const units: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Read `rate(…)` and `cron(…)` as EventBridge writes them; the zone is that of the cron. */
export function readSchedule(expression: string, timezone = 'UTC'): Next {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (count !== undefined && unit !== undefined && Number(count) > 0) {
    const every = Number(count) * (units[unit] ?? 0);
    return (after) => new Date(after.getTime() + every);
  }
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (fields?.length !== 6) throw new Error(`a schedule that nothing here can read: ${expression}`);
  const read = fromEventBridge(`cron(${plain(fields).join(' ')})`);
  if ('why' in read) throw new Error(`a schedule that nothing here can read: ${read.why}`);
  return (after) => nextOf(read.cron, timezone, after);
}

/** Times of a schedule as they were found last, each after the one before. */
interface Found {
  after: number;
  times: number[];
}
const found = new Map<string, Found>();
const atOnce = 200;

/** The next time after a moment. Clocks are dear to ask, so many times are found at once. */
function nextOf(cron: Cron, timezone: string, after: Date): Date | null {
  const key = JSON.stringify([cron, timezone]);
  const known = found.get(key);
  const covers = known && known.after <= after.getTime() && (known.times.at(-1) ?? 0) > after.getTime();
  const { times } = covers ? known : { times: nextTimes(cron, timezone, after.getTime(), atOnce) };
  if (!covers) found.set(key, { after: after.getTime(), times });
  const next = times.find((time) => time > after.getTime());
  return next === undefined ? null : new Date(next);
}

const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const ranges = ['0-59', '0-23', '1-31', '1-12', 'SUN-SAT', '*'];

/** AWS counts the days of the week from 1 = Sunday and lets a step begin anywhere; our own cron does neither. */
function plain(fields: readonly string[]): string[] {
  return fields.map((field, i) => {
    const parts = field.split(',').map((part) => stepped(part, ranges[i] ?? '*'));
    if (i !== 4) return parts.join(',');
    return parts
      .map((part) => part.replace(/^[1-7](?=$|-)|(?<=-)[1-7]$/g, (digit) => days[Number(digit) - 1] ?? digit))
      .join(',');
  });
}

function stepped(part: string, range: string): string {
  const [, start, step] = /^(\d+)\/(\d+)$/.exec(part) ?? [];
  if (start === undefined) return part;
  return `${start}-${range.split('-')[1]}/${step}`;
}

export interface Schedules {
  /** Fire what has become due; each schedule once, however long nobody looked. */
  tick(at: Date): void;
  stop(): void;
}

/** Rules that have a schedule. One that was missed while the process was down fires once at the start. */
export function startSchedules(options: {
  rules: readonly RulePlan[];
  file: string;
  fire(rule: RulePlan, at: Date): void;
  now?: () => Date;
  everyMs?: number;
}): Schedules {
  const { rules, file, fire, now = () => new Date(), everyMs = 1000 } = options;
  const timed = rules.flatMap((rule) => (rule.schedule ? [{ rule, next: readSchedule(rule.schedule) }] : []));
  const last: Record<string, string> = readJson(file) ?? {};
  for (const { rule } of timed) last[rule.name] ??= now().toISOString();
  if (timed.length > 0) writeWhole(file, last);

  function tick(at: Date) {
    const due = timed.filter(({ rule, next }) => {
      const moment = next(new Date(last[rule.name] ?? at));
      return moment !== null && moment <= at;
    });
    if (due.length === 0) return;
    for (const { rule, next } of due)
      last[rule.name] = lately(new Date(last[rule.name] ?? at), at, next).toISOString();
    for (const { rule } of due) fire(rule, at);
    writeWhole(file, last);
  }

  tick(now());
  const timer = setInterval(() => tick(now()), everyMs);
  timer.unref();
  return { tick, stop: () => clearInterval(timer) };
}

/** The moment that was due, so that a rate does not wander; after a pause the clock starts anew. */
function lately(before: Date, at: Date, next: Next): Date {
  const due = next(before);
  if (!due) return at;
  const following = next(due);
  return following && following <= at ? at : due;
}
