import { Cron as Croner } from 'croner';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cron, fromEventBridge, isTimeZone, parseCron, toEventBridge } from '../../domain/cron.ts';
import { nextTimes } from '../../domain/cronTimes.ts';

function cronOf(text: string): Cron {
  const result = parseCron(text);
  if ('why' in result) throw new Error(result.why);
  return result.cron;
}

test.each([
  ['0 6 * * *', 'cron(0 6 * * ? *)'],
  ['*/15 8-18 * * MON-FRI', 'cron(0,15,30,45 8-18 ? * MON-FRI *)'],
  ['0 0 1 1,7 *', 'cron(0 0 1 1,7 ? *)'],
  ['0 0 1 jan,Jul *', 'cron(0 0 1 1,7 ? *)'],
  ['0 0 * * 0', 'cron(0 0 ? * SUN *)'],
  ['0 0 * * 7', 'cron(0 0 ? * SUN *)'],
  ['0 0 * * 1', 'cron(0 0 ? * MON *)'],
  ['0 0 * * 5-7', 'cron(0 0 ? * SUN,FRI,SAT *)'],
  ['0 0 * * SAT-SUN', 'cron(0 0 ? * SUN,SAT *)'],
  ['1-9/4,30 * * * *', 'cron(1,5,9,30 * * * ? *)'],
  ['  5\t4  * */6 * ', 'cron(5 4 * 1,7 ? *)'],
  ['0 0 29 FEB *', 'cron(0 0 29 2 ? *)'],
  ['0 0 */1 * MON', 'cron(0 0 ? * MON *)'],
])('%s is %s for EventBridge', (text, expression) => {
  expect(toEventBridge(cronOf(text))).toBe(expression);
});

test.each([
  ['0 0 1 * MON', 'either the day of the month or the day of the week has to be *'],
  ['0 0 */2 * MON', 'either the day of the month or the day of the week has to be *'],
  ['0 0 31 2 *', 'no month of the schedule has such a day'],
  ['0 0 30,31 FEB *', 'no month of the schedule has such a day'],
  ['* * * *', 'five fields'],
  ['* * * * * *', 'five fields'],
  ['@daily', 'five fields'],
  ['', 'five fields'],
  ['60 * * * *', 'the minute of the schedule'],
  ['* 24 * * *', 'the hour of the schedule'],
  ['* * 0 * *', 'the day of the month of the schedule'],
  ['* * * 13 *', 'the month of the schedule'],
  ['* * * * 8', 'the day of the week of the schedule'],
  ['* * * * MOND', 'the day of the week of the schedule'],
  ['JAN * * * *', 'the minute of the schedule'],
  ['5-1 * * * *', 'the minute of the schedule'],
  ['*/0 * * * *', 'the minute of the schedule'],
  ['*/60 * * * *', 'the minute of the schedule'],
  ['5/10 * * * *', 'the minute of the schedule'],
  ['1,,2 * * * *', 'the minute of the schedule'],
  ['*-5 * * * *', 'the minute of the schedule'],
  ['-1 * * * *', 'the minute of the schedule'],
  ['1.5 * * * *', 'the minute of the schedule'],
  ['0 0 L * *', 'the day of the month of the schedule'],
  ['0 0 ? * MON', 'the day of the month of the schedule'],
  ['0 0 * * MON#1', 'the day of the week of the schedule'],
  [`${'1,'.repeat(200)}1 * * * *`, 'five fields'],
])('refused: %s', (text, why) => {
  expect(parseCron(text)).toEqual({ why: expect.stringContaining(why) });
});

const item = (low: number, high: number) =>
  fc.oneof(
    fc.integer({ min: low, max: high }).map(String),
    fc
      .tuple(
        fc.integer({ min: low, max: high }),
        fc.integer({ min: low, max: high }),
        fc.constantFrom('', '/2'),
      )
      .map(([a, b, step]) => `${Math.min(a, b)}-${Math.max(a, b)}${step}`),
    fc.constantFrom('*/2', '*/5'),
  );
const field = (low: number, high: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.array(item(low, high), { minLength: 1, maxLength: 3 }).map((items) => items.join()),
  );
/** Days up to 28, so that every schedule comes about. */
const schedule = fc
  .record({
    minutes: field(0, 59),
    hours: field(0, 23),
    days: field(1, 28),
    months: field(1, 12),
    weekdays: field(0, 6),
    weekly: fc.boolean(),
  })
  .map(({ minutes, hours, days, months, weekdays, weekly }) =>
    [minutes, hours, weekly ? '*' : days, months, weekly ? weekdays : '*'].join(' '),
  );
const moment = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2040-01-01') });

test('what EventBridge is told is the same schedule, and short enough for it', () => {
  fc.assert(
    fc.property(schedule, (text) => {
      const expression = toEventBridge(cronOf(text));
      expect(expression.length).toBeLessThanOrEqual(256);
      expect(fromEventBridge(expression)).toEqual({ cron: cronOf(text) });
    }),
    { numRuns: 500 },
  );
});

test('no text makes the reader fail', () => {
  const character = fc.constantFrom(...'*/,-0123456789 \tMONJAxé?L#');
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: character })), (text) => {
      const result = parseCron(text);
      if ('cron' in result) expect(fromEventBridge(toEventBridge(result.cron))).toEqual(result);
    }),
    { numRuns: 2000 },
  );
});

test.each(['UTC', 'Asia/Kolkata'])('the next times in %s are those that croner tells', (timezone) => {
  fc.assert(
    fc.property(schedule, moment, (text, after) => {
      const theirs = new Croner(text, { timezone }).nextRuns(3, new Date(after)).map(Number);
      expect(nextTimes(cronOf(text), timezone, after, 3)).toEqual(theirs);
    }),
    { numRuns: 60 },
  );
});

const clock = (timeZone: string) => {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return (time: number) => format.format(time);
};

test('where the clocks change, croner also tells times that are shown twice or never; all others agree', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago'];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom('30 2 * * *', '15,45 0-3 * * *', '0 */3 * * *', '10 1 * * SUN'),
      moment,
      (timezone, text, after) => {
        const ours = nextTimes(cronOf(text), timezone, after, 20);
        const last = ours.at(-1) ?? 0;
        const theirs = new Croner(text, { timezone }).nextRuns(30, new Date(after)).map(Number);
        const extra = theirs.filter((time) => time <= last && !ours.includes(time));
        expect(ours.filter((time) => !theirs.includes(time))).toEqual([]);
        const shown = clock(timezone);
        const asked = new Set(ours.map(shown));
        for (const time of extra) {
          const again =
            asked.has(shown(time)) ||
            shown(time) === shown(time - 3_600_000) ||
            shown(time) === shown(time - 1_800_000);
          const hours = nextTimes(cronOf(text), 'UTC', asUtc(shown(time)) - 1, 1)[0];
          expect([
            text,
            timezone,
            new Date(time).toISOString(),
            again || hours !== asUtc(shown(time)),
          ]).toEqual([text, timezone, new Date(time).toISOString(), true]);
        }
      },
    ),
    { numRuns: 60 },
  );
});

/** `29/03/2026, 03:30` as if it were UTC. */
function asUtc(shown: string): number {
  const [, day, month, year, hour, minute] = (/^(\d+)\/(\d+)\/(\d+), (\d+):(\d+)$/.exec(shown) ?? []).map(
    Number,
  );
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute);
}

test.each([
  ['a local time that is skipped is skipped', '30 2 * * *', '2026-03-28T12:00Z', '2026-03-30T00:30Z'],
  ['a local time that comes twice counts once', '30 2 * * *', '2026-10-25T00:30Z', '2026-10-26T01:30Z'],
])('%s', (_, text, after, expected) => {
  expect(nextTimes(cronOf(text), 'Europe/Berlin', Date.parse(after), 1)).toEqual([Date.parse(expected)]);
});

test('the next 29 February may be eight years away, across a century without one', () => {
  const after = Date.parse('2096-03-01T00:00Z');
  expect(nextTimes(cronOf('0 0 29 2 *'), 'UTC', after, 1)).toEqual([Date.parse('2104-02-29T00:00Z')]);
});

test.each([
  ['UTC', true],
  ['Europe/Berlin', true],
  ['Etc/GMT+5', true],
  ['America/Argentina/Buenos_Aires', true],
  ['+02:00', false],
  ['Mars/Olympus', false],
  ['', false],
  ['Europe/Berlin ', false],
  ['../etc/passwd', false],
])('%s is a time zone: %s', (name, is) => {
  expect(isTimeZone(name)).toBe(is);
});
