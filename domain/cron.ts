/** A schedule in the five fields of cron; each list sorted and without repetition, null where every value counts. */
export interface Cron {
  minutes: readonly number[] | null;
  hours: readonly number[] | null;
  days: readonly number[] | null;
  months: readonly number[] | null;
  /** 0 is Sunday. */
  weekdays: readonly number[] | null;
}

interface Range {
  name: string;
  low: number;
  high: number;
  /** Names of the values from `low` on. */
  names: readonly string[];
}

const monthNames = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const weekdayNames = 'SUN MON TUE WED THU FRI SAT'.split(' ');

const ranges: Record<keyof Cron, Range> = {
  minutes: { name: 'minute', low: 0, high: 59, names: [] },
  hours: { name: 'hour', low: 0, high: 23, names: [] },
  days: { name: 'day of the month', low: 1, high: 31, names: [] },
  months: { name: 'month', low: 1, high: 12, names: monthNames },
  // 7 is Sunday too.
  weekdays: { name: 'day of the week', low: 0, high: 7, names: weekdayNames },
};
const fieldOrder = ['minutes', 'hours', 'days', 'months', 'weekdays'] as const;

/** A schedule, or why the text is none: a sentence for whoever wrote it. */
export type CronResult = { cron: Cron } | { why: string };

/** Reads five fields of values, names, lists, ranges and steps. Both days restricted is refused: cron and EventBridge differ there. */
export function parseCron(text: string): CronResult {
  const fields = text.trim().split(/[ \t]+/);
  if (text.length > 256 || fields.length !== fieldOrder.length)
    return { why: 'a schedule has five fields: minute, hour, day of the month, month and day of the week' };
  const cron: Record<keyof Cron, number[] | null> = {
    minutes: null,
    hours: null,
    days: null,
    months: null,
    weekdays: null,
  };
  for (const [i, key] of fieldOrder.entries()) {
    const values = parseField(fields[i] ?? '', ranges[key]);
    if (typeof values === 'string') return { why: values };
    cron[key] = values;
  }
  const why = contradiction(cron);
  return why ? { why } : { cron };
}

function contradiction({ days, months, weekdays }: Cron): string | undefined {
  if (days && weekdays) return 'either the day of the month or the day of the week has to be *';
  const longest = (months ?? [1]).map((month) => longestMonths[month - 1] ?? 31);
  return days && !days.some((day) => longest.some((length) => day <= length))
    ? 'no month of the schedule has such a day'
    : undefined;
}

const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The values of one field, null for all, or why it is none. */
function parseField(text: string, range: Range): number[] | null | string {
  if (text === '*' || text === '*/1') return null;
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const part = parseItem(item, range);
    if (!part) return `the ${range.name} of the schedule is not valid`;
    for (const value of part) values.add(value === 7 && range.names === weekdayNames ? 0 : value);
  }
  return [...values].sort((a, b) => a - b);
}

/** `*`, `a` or `a-b`, with a step behind `*` and `a-b`. */
function parseItem(item: string, range: Range): number[] | undefined {
  const [, from, to, step] = /^(?:(\*|\w{1,3}-)?(\w{1,3})?)(?:\/(\d{1,2}))?$/.exec(item) ?? [];
  const many = from !== undefined;
  const by = Number(step ?? 1);
  if ((from === '*') === (to !== undefined) || by < 1 || by > range.high || (step !== undefined && !many))
    return undefined;
  const [low, high] =
    from === '*' ? [range.low, highest(range)] : endsOf(from?.slice(0, -1) ?? to, to, range);
  if (low === undefined || high === undefined || high < low) return undefined;
  return Array.from({ length: Math.floor((high - low) / by) + 1 }, (_, i) => low + i * by);
}

function endsOf(from: string | undefined, to: string | undefined, range: Range): (number | undefined)[] {
  const [low, high] = [valueOfName(from ?? '', range), valueOfName(to ?? '', range)];
  // A week may end with its Sunday.
  return [low, range.names === weekdayNames && high === 0 && low !== 0 ? 7 : high];
}

const highest = (range: Range) => (range.names === weekdayNames ? 6 : range.high);

function valueOfName(text: string, { low, high, names }: Range): number | undefined {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return low + named;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= low && value <= high ? value : undefined;
}

/**
 * The same schedule for EventBridge, `cron(0 6 ? * MON-FRI *)`: six fields, one of the two days free, weekdays by name
 * because numbers begin elsewhere.
 */
export function toEventBridge({ minutes, hours, days, months, weekdays }: Cron): string {
  const plain = [minutes, hours, weekdays ? '?' : days, months].map((values) =>
    typeof values === 'string' ? values : spelled(values, String),
  );
  const week = weekdays ? spelled(weekdays, (value) => weekdayNames[value] ?? '') : '?';
  return `cron(${[...plain, week, '*'].join(' ')})`;
}

/** Runs of three and more as ranges, so that every schedule stays within the 256 characters of an expression. */
function spelled(values: readonly number[] | null, name: (value: number) => string): string {
  if (!values) return '*';
  const runs: number[][] = [];
  for (const value of values) {
    const run = runs.at(-1);
    if (run?.at(-1) === value - 1) run.push(value);
    else runs.push([value]);
  }
  return runs
    .flatMap((run) => (run.length > 2 ? [`${name(run[0] ?? 0)}-${name(run.at(-1) ?? 0)}`] : run.map(name)))
    .join(',');
}

/** An expression of `toEventBridge` back. */
export function fromEventBridge(expression: string): CronResult {
  const [, fields = ''] = /^cron\((.+) \*\)$/.exec(expression) ?? [];
  return parseCron(fields.replaceAll('?', '*'));
}

/** Whether a name is one of the IANA time zones; offsets such as +02:00 are none. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Z][\w+-]*(?:\/[A-Z][\w+-]*)*$/i.test(name) || name.length > 64) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
