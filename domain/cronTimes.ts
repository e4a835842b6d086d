import type { Cron } from './cron.ts';

const minute = 60_000;
const day = 1440 * minute;
/** The longest a schedule may have to wait: from one 29 February to the next across a century that has none. */
const horizonDays = 366 * 9;

/**
 * The next times of a schedule after a moment (milliseconds since 1970), at most `count`, by the rules of EventBridge
 * Scheduler: a local time that daylight saving skips is skipped, one that it repeats counts the first time.
 */
export function nextTimes(cron: Cron, timeZone: string, after: number, count: number): number[] {
  const local = localClock(timeZone);
  const first = Math.floor((after + local(after)) / day) - 1;
  const times: number[] = [];
  for (let i = 0; i < horizonDays && times.length < count; i++) {
    const midnight = (first + i) * day;
    if (!isDay(cron, new Date(midnight))) continue;
    const wanted = minutesOf(cron).map((at) => instantOf(midnight + at * minute, local));
    times.push(...wanted.filter((time) => time !== undefined && time > after).map(Number));
  }
  return times.sort((a, b) => a - b).slice(0, count);
}

const within = (values: readonly number[] | null, value: number) => values === null || values.includes(value);

const isDay = ({ days, months, weekdays }: Cron, date: Date): boolean =>
  within(days, date.getUTCDate()) &&
  within(months, date.getUTCMonth() + 1) &&
  within(weekdays, date.getUTCDay());

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Minutes since midnight. */
const minutesOf = ({ hours, minutes }: Cron): number[] =>
  (hours ?? upTo(24)).flatMap((hour) => (minutes ?? upTo(60)).map((one) => hour * 60 + one));

type Local = (time: number) => number;

/** Milliseconds by which the clocks of a zone are ahead of UTC at a moment. */
function localClock(timeZone: string): Local {
  const format = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (time) => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const shown = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    return shown - Math.floor(time / 1000) * 1000;
  };
}

/** The first moment at which the clocks show a local time, given as if it were UTC; undefined where they never do. */
function instantOf(shown: number, local: Local): number | undefined {
  const candidates = [local(shown - day), local(shown + day)].map((ahead) => shown - ahead);
  const valid = candidates.filter((time) => time + local(time) === shown);
  return valid.length > 0 ? Math.min(...valid) : undefined;
}
