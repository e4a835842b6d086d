import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Id, longerThan, Name, seconds, Time, text, time, ZonedTime } from '../../domain/fields.ts';
import { idAt, millisecondsOf, rowId } from '../../domain/id.ts';

const takes = (type: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  type.safeParse(value).success;

test('an id is any 8-4-4-4-12 hexadecimal digits, in small letters once it is read', () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      expect(Id.parse(id.toUpperCase())).toBe(id);
    }),
  );
  for (const id of ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'])
    expect(takes(Id, id)).toBe(true);
  for (const id of [
    '',
    'x',
    '0'.repeat(32),
    '{00000000-0000-0000-0000-000000000000}',
    '00000000-0000-0000-0000-00000000000g',
  ])
    expect(takes(Id, id)).toBe(false);
});

test('a length is counted in code points', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), fc.nat({ max: 20 }), (value, most) => {
      expect(longerThan(most, value)).toBe([...value].length > most);
      expect(takes(text(2, most), value)).toBe([...value].length >= 2 && [...value].length <= most);
    }),
  );
});

describe('a name', () => {
  test.each(['a', 'é', '😀'.repeat(255), 'a b', '..', '-', 'Ünïcode', '%2f', '\u202e'])('is %j', (name) => {
    expect(takes(Name, name)).toBe(true);
  });
  test.each([
    '',
    ' ',
    ' a',
    'a ',
    'a/b',
    'a\n',
    '\u0000',
    '\u007f',
    '\u0085',
    '\ud800',
    'a'.repeat(256),
    '😀'.repeat(256),
  ])('is not %j', (name) => {
    expect(takes(Name, name)).toBe(false);
  });
});

describe('a time of a caller', () => {
  test.each([
    '2026-01-01T00:00:00Z',
    '2024-02-29T23:59:59.123456789+14:00',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ])('is %s', (at) => {
    expect(takes(ZonedTime, at)).toBe(true);
    expect(takes(Time, time(Date.parse(at)))).toBe(true);
  });
  test.each([
    '2026-02-29T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-01-01 00:00:00Z',
    '1',
    '',
    '0000-12-31T23:59:59Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
  ])('is not %s', (at) => {
    expect(takes(ZonedTime, at)).toBe(false);
  });
  test('is answered in UTC, with no fraction or six digits of one, and means the same', () => {
    expect(time(0)).toBe('1970-01-01T00:00:00Z');
    expect(time(123)).toBe('1970-01-01T00:00:00.123000Z');
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date(Date.UTC(9999, 11, 31)), noInvalidDate: true }),
        (date) => {
          const spelled = time(date.getTime());
          expect(spelled).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z$/);
          expect(Date.parse(spelled)).toBe(date.getTime());
          expect(seconds(spelled)).toBe(Math.floor(date.getTime() / 1000));
        },
      ),
    );
  });
});

test('ids of later milliseconds are greater, tell their time, and leave room for the rows of a request', () => {
  const random = fc.uint8Array({ minLength: 10, maxLength: 10 });
  const moment = fc.integer({ min: 0, max: 2 ** 47 });
  fc.assert(
    fc.property(moment, moment, random, random, (a, b, x, y) => {
      const [first, second] = [idAt(Math.min(a, b), x), idAt(Math.max(a, b) + 1, y)];
      expect(first < second).toBe(true);
      expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(millisecondsOf(first)).toBe(Math.min(a, b));
    }),
  );
  expect(rowId('00000000-0000-7000-8000-000000000000', 0)).toBe('00000000-0000-7000-8000-000000000000');
  expect(rowId('00000000-0000-7000-8000-000000000000', 999)).toBe('00000000-0000-7000-8000-0000000003e7');
});
