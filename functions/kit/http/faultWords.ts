import type * as z from 'zod';
import type { Fault } from '../../../domain/problem.ts';

type Issue = z.core.$ZodIssue;
type Words = Pick<Fault, 'type' | 'msg' | 'ctx'>;

/** One issue in pydantic's words. `format` is what a string there has to be. */
export function named(issue: Issue, input: unknown, format?: string): Words {
  switch (issue.code) {
    case 'invalid_type':
      return mistyped(issue.expected, input, format);
    case 'too_small':
      return tooLittle(issue, input);
    case 'too_big':
      return tooMuch(issue, input);
    case 'invalid_value':
      return oneOf(
        issue.values.map((value) => `'${String(value)}'`),
        // So does `enumeration` mark a choice that the product declares as a class.
        issue.message === 'enum' ? 'enum' : 'literal_error',
      );
    case 'invalid_format':
      return typeof input === 'string' ? malformed(issue, input) : mistyped('string', input, format);
    case 'invalid_union':
      return untagged(issue);
    case 'custom':
      return custom(issue);
    default:
      return misshapen;
  }
}

const misshapen: Words = {
  type: 'value_error',
  msg: 'Value error, Input has the wrong form',
  ctx: { error: {} },
};

/** Of forms that one field tells apart, that field names none. */
const untagged = (issue: Extract<Issue, { code: 'invalid_union' }>): Words =>
  'options' in issue && issue.options
    ? oneOf(
        issue.options.map((option) => `'${String(option)}'`),
        'literal_error',
      )
    : misshapen;

/** A check of our own names its fault itself, or is one of pydantic's validators. */
function custom({ params, message }: Extract<Issue, { code: 'custom' }>): Words {
  if (typeof params?.type !== 'string')
    return { type: 'value_error', msg: `Value error, ${message}`, ctx: { error: {} } };
  const ctx = params.ctx as Fault['ctx'];
  return { type: params.type, msg: message, ...(ctx && { ctx }) };
}

const text = { type: 'string_type', msg: 'Input should be a valid string' };
const finite = { type: 'finite_number', msg: 'Input should be a finite number' };
const wrong: Record<string, Words> = {
  string: text,
  guid: { type: 'uuid_type', msg: 'UUID input should be a string, bytes or UUID object' },
  datetime: { type: 'datetime_type', msg: 'Input should be a valid datetime' },
  array: { type: 'list_type', msg: 'Input should be a valid list' },
  record: { type: 'dict_type', msg: 'Input should be a valid dictionary' },
  object: {
    type: 'model_attributes_type',
    msg: 'Input should be a valid dictionary or object to extract fields from',
  },
};

function mistyped(expected: string, input: unknown, format = ''): Words {
  if (expected === 'int' || format === 'safeint') return notInt(input);
  if (expected === 'number') return notNumber(input);
  if (expected === 'boolean') return notBoolean(input);
  return (expected === 'string' ? wrong[format] : wrong[expected]) ?? text;
}

const notBoolean = (input: unknown): Words =>
  typeof input === 'string' || Number.isInteger(input)
    ? { type: 'bool_parsing', msg: 'Input should be a valid boolean, unable to interpret input' }
    : { type: 'bool_type', msg: 'Input should be a valid boolean' };

function notInt(input: unknown): Words {
  const must = 'Input should be a valid integer';
  if (typeof input === 'string')
    return { type: 'int_parsing', msg: `${must}, unable to parse string as an integer` };
  if (typeof input !== 'number') return { type: 'int_type', msg: must };
  if (!Number.isFinite(input)) return finite;
  return { type: 'int_from_float', msg: `${must}, got a number with a fractional part` };
}

function notNumber(input: unknown): Words {
  const must = 'Input should be a valid number';
  if (typeof input === 'string')
    return { type: 'float_parsing', msg: `${must}, unable to parse string as a number` };
  return typeof input === 'number' ? finite : { type: 'float_type', msg: must };
}

const plural = (n: number | bigint, word: string) => `${n} ${word}${Number(n) === 1 ? '' : 's'}`;

function tooLittle({ origin, minimum }: Extract<Issue, { code: 'too_small' }>, input: unknown): Words {
  if (origin === 'string')
    return {
      type: 'string_too_short',
      msg: `String should have at least ${plural(minimum, 'character')}`,
      ctx: { min_length: minimum },
    };
  if (origin === 'array') return listLength('too_short', 'min_length', 'at least', minimum, input);
  return {
    type: 'greater_than_equal',
    msg: `Input should be greater than or equal to ${minimum}`,
    ctx: { ge: minimum },
  };
}

function tooMuch({ origin, maximum }: Extract<Issue, { code: 'too_big' }>, input: unknown): Words {
  if (origin === 'string')
    return {
      type: 'string_too_long',
      msg: `String should have at most ${plural(maximum, 'character')}`,
      ctx: { max_length: maximum },
    };
  if (origin === 'array') return listLength('too_long', 'max_length', 'at most', maximum, input);
  return {
    type: 'less_than_equal',
    msg: `Input should be less than or equal to ${maximum}`,
    ctx: { le: maximum },
  };
}

function listLength(
  type: string,
  bound: string,
  words: string,
  length: number | bigint,
  input: unknown,
): Words {
  const actual = Array.isArray(input) ? input.length : 0;
  return {
    type,
    msg: `List should have ${words} ${plural(length, 'item')} after validation, not ${actual}`,
    ctx: { field_type: 'List', [bound]: length, actual_length: actual },
  };
}

function oneOf(values: string[], type: string): Words {
  const last = values.at(-1) ?? '';
  const expected = values.length > 1 ? `${values.slice(0, -1).join(', ')} or ${last}` : last;
  return { type, msg: `Input should be ${expected}`, ctx: { expected } };
}

function malformed(issue: Extract<Issue, { code: 'invalid_format' }>, input: string): Words {
  if (issue.format === 'guid') return { type: 'uuid_parsing', msg: 'Input should be a valid UUID' };
  if (issue.format === 'datetime') return noTime(input);
  const pattern = 'pattern' in issue && issue.pattern ? issue.pattern.replace(/^\/(.*)\/\w*$/s, '$1') : '';
  return {
    type: 'string_pattern_mismatch',
    msg: `String should match pattern '${pattern}'`,
    ctx: { pattern },
  };
}

const daysIn = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** pydantic reads a date where it cannot read a time, and says what is wrong with that. */
function noTime(input: string): Words {
  const [, year, month, day, time] = /^(\d{4})-(\d\d)-(\d\d)(.*)$/s.exec(input) ?? [];
  const error = noDate(input, Number(year), Number(month), Number(day), time);
  if (error === undefined) return { type: 'timezone_aware', msg: 'Input should have timezone info' };
  return {
    type: 'datetime_from_date_parsing',
    msg: `Input should be a valid datetime or date, ${error}`,
    ctx: { error },
  };
}

const zoneless = /^(?:[Tt _](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,6})?)?)?$/;

function noDate(input: string, year: number, month: number, day: number, time?: string): string | undefined {
  if (input.length < 10) return 'input is too short';
  if (time === undefined) return misspelled(input);
  if (month < 1 || month > 12) return 'month value is outside expected range of 1-12';
  if (day < 1 || day > daysIn(year, month)) return 'day value is outside expected range';
  return zoneless.test(time) ? undefined : 'unexpected extra characters at the end of the input';
}

function misspelled(input: string): string {
  if (!/^\d{4}/.test(input)) return 'invalid character in year';
  if (input[4] !== '-') return 'invalid date separator, expected `-`';
  if (!/^.{5}\d\d/s.test(input)) return 'invalid character in month';
  return input[7] === '-' ? 'invalid character in day' : 'invalid date separator, expected `-`';
}
