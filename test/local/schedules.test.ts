import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { readSchedule, startSchedules } from '../../local/schedules.ts';
import type { RulePlan } from '../../local/template/plan.ts';
import { temporaryHome } from './support/homes.ts';

const { home, remove } = temporaryHome();
afterAll(remove);

describe('an expression', () => {
  test.each([
    ['rate(1 minute)', '2026-01-01T00:00:30Z', '2026-01-01T00:01:30Z'],
    ['rate(5 minutes)', '2026-01-01T00:00:00Z', '2026-01-01T00:05:00Z'],
    ['rate(2 hours)', '2026-01-01T00:00:00Z', '2026-01-01T02:00:00Z'],
    ['rate(1 day)', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
    ['cron(0 10 * * ? *)', '2026-01-01T00:00:00Z', '2026-01-01T10:00:00Z'],
    ['cron(0/15 * * * ? *)', '2026-01-01T00:16:00Z', '2026-01-01T00:30:00Z'],
    ['cron(5/20 0/6 * * ? *)', '2026-01-01T00:50:00Z', '2026-01-01T06:05:00Z'],
    // 2026-01-01 is a Thursday: 1 is Sunday, 2 is Monday.
    ['cron(0 8 ? * 1 *)', '2026-01-01T00:00:00Z', '2026-01-04T08:00:00Z'],
    ['cron(0 8 ? * 2-6 *)', '2026-01-03T00:00:00Z', '2026-01-05T08:00:00Z'],
    ['cron(0 8 ? * MON-FRI *)', '2026-01-03T00:00:00Z', '2026-01-05T08:00:00Z'],
    ['cron(0 8 ? * 2,4,6 *)', '2026-01-03T00:00:00Z', '2026-01-05T08:00:00Z'],
  ])('%s after %s is due at %s', (expression, after, due) => {
    expect(readSchedule(expression)(new Date(after))).toEqual(new Date(due));
  });

  test.each([
    ...['rate(0 minutes)', 'rate(1 week)', 'every minute', 'cron(* * * *)', 'cron(99 * * * ? *)', ''],
    // AWS reads these; nothing of the product asks for them.
    ...['cron(0 8 ? * 6#3 *)', 'cron(0 8 ? * 6L *)', 'cron(0 8 L * ? *)', 'cron(0 0 1 1 ? 2030)'],
  ])('that cannot be read is refused: %s', (expression) => {
    expect(() => readSchedule(expression)).toThrow();
  });

  test('counts the days of the week from Sunday as 1, whichever day it is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
        (day, after) => {
          const due = readSchedule(`cron(0 12 ? * ${day} *)`)(after);
          return (
            due?.getUTCDay() === day - 1 && due > after && due.getTime() - after.getTime() <= 7 * 86_400_000
          );
        },
      ),
    );
  });

  test('in a zone is due once where its time is shown twice, and not where it is never shown', () => {
    const next = readSchedule('cron(30 2 * * ? *)', 'Europe/Berlin');
    const due = (after: string) => next(new Date(after))?.toISOString();
    expect(due('2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
    expect(due('2026-10-25T00:30:00Z')).toBe('2026-10-26T01:30:00.000Z');
    expect(due('2026-03-28T12:00:00Z')).toBe('2026-03-30T00:30:00.000Z');
  });

  test('is due at the same times whether it is asked for each or for one far away', () => {
    const next = readSchedule('cron(0/7 1,13 * * ? *)', 'America/New_York');
    for (let [at, i] = [new Date('2026-02-01T00:00:00Z'), 0]; i < 500; i++) {
      const due = next(at);
      if (!due) throw new Error('it ends');
      expect(readSchedule('cron(0/7 1,13 * * ? *)', 'America/New_York')(new Date(due.getTime() - 1))).toEqual(
        due,
      );
      at = due;
    }
  });
});

describe('schedules', () => {
  const rule: RulePlan = {
    name: 'minutely',
    arn: 'arn:r',
    bus: 'default',
    schedule: 'rate(1 minute)',
    targets: [],
  };
  const start = (file: string, at: string) => {
    const fired: string[] = [];
    const schedules = startSchedules({
      rules: [rule, { ...rule, name: 'no schedule', schedule: undefined }],
      file: join(home, file),
      fire: (_, moment) => fired.push(moment.toISOString()),
      now: () => new Date(at),
      everyMs: 1_000_000,
    });
    schedules.stop();
    return { fired, tick: (moment: string) => schedules.tick(new Date(moment)) };
  };

  test('fire when they are due, not before, and not twice', () => {
    const { fired, tick } = start('due', '2026-01-01T00:00:00Z');
    tick('2026-01-01T00:00:59Z');
    expect(fired).toEqual([]);
    tick('2026-01-01T00:01:00Z');
    tick('2026-01-01T00:01:00Z');
    tick('2026-01-01T00:01:59Z');
    expect(fired).toHaveLength(1);
    tick('2026-01-01T00:02:00Z');
    expect(fired).toHaveLength(2);
  });

  test('do not wander when somebody looks late', () => {
    const { fired, tick } = start('late', '2026-01-01T00:00:00Z');
    tick('2026-01-01T00:01:40Z');
    tick('2026-01-01T00:02:00Z');
    expect(fired).toHaveLength(2);
  });

  test('fire once at the start when they were missed while the process was down', () => {
    start('down', '2026-01-01T00:00:00Z');
    const { fired, tick } = start('down', '2026-01-01T05:00:00Z');
    expect(fired).toEqual(['2026-01-01T05:00:00.000Z']);
    tick('2026-01-01T05:00:30Z');
    expect(fired).toHaveLength(1);
    tick('2026-01-01T05:01:00Z');
    expect(fired).toHaveLength(2);
  });

  test('do not fire at a start when nothing was missed', () => {
    start('up', '2026-01-01T00:00:00Z');
    expect(start('up', '2026-01-01T00:00:30Z').fired).toEqual([]);
  });
});
