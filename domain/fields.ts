import * as z from 'zod';

/** 8-4-4-4-12 hexadecimal digits of any version, lower case once read: published example ids are no RFC UUIDs. */
export const Id = z.guid().toLowerCase();

/** In code points: `length` would count an emoji as two. */
export const longerThan = (most: number, value: string): boolean =>
  value.length > most && (value.length > 2 * most || [...value].length > most);

/** A string of so many code points. */
export const text = (least: number, most: number) =>
  z
    .string()
    .check(({ value, issues }) => {
      if (longerThan(most, value))
        issues.push({ code: 'too_big', origin: 'string', maximum: most, input: value });
      else if ([...value].length < least)
        issues.push({ code: 'too_small', origin: 'string', minimum: least, input: value });
    })
    .meta({ minLength: least, maxLength: most });

/** Names are compared exactly and appear in paths: no slash, no control character, no space at either end. */
export const Name = text(1, 255).regex(/^(?! )[^/\p{Cc}\p{Cs}]*(?<! )$/u);

/** UTC, without a fraction or with six digits of one; what is sent and what is stored. */
export const Time = z.iso.datetime();
/** A time as callers send it: any zone, but a zone, and a year that has four digits in UTC too. */
export const ZonedTime = z.iso
  .datetime({ offset: true })
  .check(({ value, issues }) => {
    const year = new Date(value).getUTCFullYear();
    const msg = `Input should be a valid datetime, year ${year} is out of range`;
    if (year < 1 || year > 9999)
      issues.push({
        code: 'custom',
        message: msg,
        params: { type: 'datetime_parsing', ctx: { error: `year ${year} is out of range` } },
        input: value,
      });
  })
  .meta({ description: 'ISO 8601 with a zone' });

/** A time in the wire's spelling. */
export function time(milliseconds: number): string {
  const iso = new Date(milliseconds).toISOString();
  return iso.endsWith('.000Z') ? `${iso.slice(0, -5)}Z` : `${iso.slice(0, -1)}000Z`;
}

export const seconds = (at: string): number => Math.floor(Date.parse(at) / 1000);
