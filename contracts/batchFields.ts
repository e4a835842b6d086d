import * as z from 'zod';
import { parseCron } from '../domain/cron.ts';
import { text } from '../domain/fields.ts';

/** Catalogs, schemas, tables and columns: what needs no quoting in any engine. */
export const Identifier = z.string().regex(/^[\p{L}\p{N}_-]{1,255}$/u);

/** A label of a host name: unique among the batch deployments of a model. */
export const DnsLabel = text(0, 63).regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);

export const Cron = z
  .string()
  .check(({ value, issues }) => {
    const read = parseCron(value);
    if ('why' in read) issues.push({ code: 'custom', message: read.why, input: value });
  })
  .meta({ description: 'Five fields: minute, hour, day of the month, month, day of the week' });

export const Roles = z.array(
  text(1, 255).refine((role) => role !== '*', { error: 'A role that stands for all is not possible' }),
);

const most = 2n ** 63n - 1n;
const words = {
  int_type: 'Input should be a valid integer',
  int_parsing: 'Input should be a valid integer, unable to parse string as an integer',
  int_from_float: 'Input should be a valid integer, got a number with a fractional part',
  finite_number: 'Input should be a finite number',
} as const;

/**
 * The id of a snapshot as its digits: a whole number of 63 bits is more than a number of JSON can hold, so the body is
 * read without loss and long numbers come as texts.
 */
export const SnapshotId = z
  .unknown()
  .transform((value, context) => {
    const refuse = (type: keyof typeof words) => {
      context.addIssue({ code: 'custom', message: words[type], params: { type } });
      return z.NEVER;
    };
    if (typeof value === 'string') {
      const digits = /^\s*\+?0*(\d{1,40})(?:\.0+)?\s*$/.exec(value)?.[1];
      return digits === undefined ? refuse('int_parsing') : inRange(digits, context);
    }
    if (typeof value !== 'number') return refuse('int_type');
    if (!Number.isFinite(value)) return refuse('finite_number');
    return Number.isInteger(value) ? inRange(String(value), context) : refuse('int_from_float');
  })
  .meta({ description: 'A whole number of at most 63 bits, or its digits as a text' });

function inRange(digits: string, context: z.RefinementCtx): string {
  if (/^\d+$/.test(digits) && BigInt(digits) <= most) return digits;
  context.addIssue({ code: 'custom', message: 'A snapshot id has at most 63 bits and no sign' });
  return z.NEVER;
}
