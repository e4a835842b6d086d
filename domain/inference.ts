import * as z from 'zod';
import { longerThan } from './fields.ts';

type Value = number | string | boolean | null;
export type Record_ = Readonly<Record<string, Value>>;

const limits = { rows: 1000, features: 2000, string: 4096 };

/**
 * One record or a list of them, checked by hand: this runs once for every value of every prediction, and a fault
 * names the place (`inputs`, row, column) and never the value.
 */
export const Inputs = z
  .custom<Record_ | Record_[]>()
  .check(({ value, issues }) => {
    const report: Report = (path, { type, msg, ctx }) =>
      issues.length < 20 &&
      issues.push({ code: 'custom', message: msg, path, params: { type, ctx }, input: undefined });
    if (!Array.isArray(value)) return checkRecord(value, [], report);
    if (value.length === 0) return void report([], tooShort);
    if (value.length > limits.rows) return void report([], tooMany('List', limits.rows, value.length));
    for (const [row, record] of value.entries()) {
      if (issues.length >= 20) return;
      checkRecord(record, [row], report);
    }
  })
  .meta({
    oneOf: [
      { type: 'object', additionalProperties: { type: ['number', 'string', 'boolean', 'null'] } },
      {
        type: 'array',
        minItems: 1,
        maxItems: limits.rows,
        items: { type: 'object', additionalProperties: { type: ['number', 'string', 'boolean', 'null'] } },
      },
    ],
  });

type Fault = { type: string; msg: string; ctx?: Record<string, unknown> };
type Report = (path: (string | number)[], fault: Fault) => unknown;

const tooShort: Fault = {
  type: 'too_short',
  msg: 'List should have at least 1 item after validation, not 0',
  ctx: { field_type: 'List', min_length: 1, actual_length: 0 },
};
const tooMany = (field_type: string, max_length: number, actual_length: number): Fault => ({
  type: 'too_long',
  msg: `${field_type} should have at most ${max_length} items after validation, not ${actual_length}`,
  ctx: { field_type, max_length, actual_length },
});

function checkRecord(record: unknown, at: (string | number)[], report: Report) {
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    return void report(at, { type: 'dict_type', msg: 'Input should be a valid dictionary' });
  const columns = Object.keys(record);
  if (columns.length > limits.features)
    return void report(at, tooMany('Dictionary', limits.features, columns.length));
  for (const column of columns) {
    const fault = valueFault((record as Record<string, unknown>)[column]);
    if (fault) report([...at, column], fault);
  }
}

const infinite: Fault = { type: 'finite_number', msg: 'Input should be a finite number' };
const tooLong: Fault = {
  type: 'string_too_long',
  msg: `String should have at most ${limits.string} characters`,
  ctx: { max_length: limits.string },
};
const noValue: Fault = { type: 'value_type', msg: 'Input should be a number, a string, a boolean or null' };

function valueFault(value: unknown): Fault | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : infinite;
  if (typeof value === 'string') return longerThan(limits.string, value) ? tooLong : undefined;
  return value === null || typeof value === 'boolean' ? undefined : noValue;
}
