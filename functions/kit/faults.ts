import type * as z from 'zod';
import type { Fault } from '../../domain/problem.ts';

type Issue = z.core.$ZodIssue;
type Named = Pick<Fault, 'type' | 'msg' | 'ctx'>;

const most = 20;

/**
 * What is wrong with one part of a request, in FastAPI's words: the published clients read them. `sent` is the part
 * as it came, before anything was read into it.
 */
export function faults(part: 'path' | 'query' | 'body', issues: readonly Issue[], sent: unknown): Fault[] {
  return issues.slice(0, most).map((issue) => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? '' : step));
    const loc = [part, ...path];
    const input = at(sent, path);
    if (input === undefined && path.length > 0)
      return { type: 'missing', loc, msg: 'Field required', ...shown(at(sent, path.slice(0, -1))) };
    const { type, msg, ctx } = named(issue, input);
    return { type, loc, msg, ...shown(input), ...(ctx && { ctx }) };
  });
}

/** The value is repeated to whom sent it, unless it is long. */
function shown(input: unknown): { input?: unknown } {
  if (typeof input === 'number' && !Number.isFinite(input)) return {};
  const text = JSON.stringify(input);
  return text === undefined || text.length > 1024 ? {} : { input };
}

function at(value: unknown, path: (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}

function named(issue: Issue, input: unknown): Named {
  switch (issue.code) {
    case 'invalid_type':
      return mistyped(issue.expected, input);
    case 'too_small':
      return tooLittle(issue, input);
    case 'too_big':
      return tooMuch(issue, input);
    case 'invalid_value':
      return oneOf(issue.values.map((value) => `'${String(value)}'`));
    case 'invalid_format':
      return typeof input === 'string' ? malformed(issue) : mistyped('string', input);
    case 'custom':
      return custom(issue);
    default:
      return { type: 'value_error', msg: 'Value error, Input has the wrong form', ctx: { error: {} } };
  }
}

function custom(issue: Extract<Issue, { code: 'custom' }>): Named {
  const type = issue.params?.type;
  if (typeof type === 'string') return { type, msg: issue.message };
  return { type: 'value_error', msg: `Value error, ${issue.message}`, ctx: { error: {} } };
}

const text = { type: 'string_type', msg: 'Input should be a valid string' };
const finite = { type: 'finite_number', msg: 'Input should be a finite number' };
const wrong: Record<string, Named> = {
  string: text,
  array: { type: 'list_type', msg: 'Input should be a valid list' },
  record: { type: 'dict_type', msg: 'Input should be a valid dictionary' },
  object: {
    type: 'model_attributes_type',
    msg: 'Input should be a valid dictionary or object to extract fields from',
  },
};

function mistyped(expected: string, input: unknown): Named {
  if (expected === 'int') return notInt(input);
  if (expected === 'number') return notNumber(input);
  if (expected === 'boolean')
    return typeof input === 'string' || typeof input === 'number'
      ? { type: 'bool_parsing', msg: 'Input should be a valid boolean, unable to interpret input' }
      : { type: 'bool_type', msg: 'Input should be a valid boolean' };
  return wrong[expected] ?? text;
}

function notInt(input: unknown): Named {
  const must = 'Input should be a valid integer';
  if (typeof input === 'string')
    return { type: 'int_parsing', msg: `${must}, unable to parse string as an integer` };
  if (typeof input !== 'number') return { type: 'int_type', msg: must };
  if (!Number.isFinite(input)) return finite;
  return { type: 'int_from_float', msg: `${must}, got a number with a fractional part` };
}

function notNumber(input: unknown): Named {
  const must = 'Input should be a valid number';
  if (typeof input === 'string')
    return { type: 'float_parsing', msg: `${must}, unable to parse string as a number` };
  return typeof input === 'number' ? finite : { type: 'float_type', msg: must };
}

const plural = (n: number | bigint, word: string) => `${n} ${word}${Number(n) === 1 ? '' : 's'}`;

function tooLittle({ origin, minimum }: Extract<Issue, { code: 'too_small' }>, input: unknown): Named {
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

function tooMuch({ origin, maximum }: Extract<Issue, { code: 'too_big' }>, input: unknown): Named {
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
): Named {
  const actual = Array.isArray(input) ? input.length : 0;
  return {
    type,
    msg: `List should have ${words} ${plural(length, 'item')} after validation, not ${actual}`,
    ctx: { field_type: 'List', [bound]: length, actual_length: actual },
  };
}

function oneOf(values: string[]): Named {
  const last = values.at(-1) ?? '';
  const expected = values.length > 1 ? `${values.slice(0, -1).join(', ')} or ${last}` : last;
  return { type: 'literal_error', msg: `Input should be ${expected}`, ctx: { expected } };
}

function malformed(issue: Extract<Issue, { code: 'invalid_format' }>): Named {
  if (issue.format === 'guid') return { type: 'uuid_parsing', msg: 'Input should be a valid UUID' };
  if (issue.format === 'datetime')
    return { type: 'datetime_parsing', msg: 'Input should be a valid datetime with a time zone' };
  const pattern = 'pattern' in issue && issue.pattern ? issue.pattern.replace(/^\/(.*)\/\w*$/s, '$1') : '';
  return {
    type: 'string_pattern_mismatch',
    msg: `String should match pattern '${pattern}'`,
    ctx: { pattern },
  };
}
