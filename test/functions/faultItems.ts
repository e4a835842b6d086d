/** The faults of FastAPI and pydantic, as they are printed by the real ones. */
const of = (type: string, msg: string, ctx?: object) => ({ type, msg, ctx });
const s = (n: number) => (n === 1 ? '' : 's');

export const is = {
  missing: of('missing', 'Field required'),
  uuidType: of('uuid_type', 'UUID input should be a string, bytes or UUID object'),
  uuid: of('uuid_parsing', 'Input should be a valid UUID'),
  string: of('string_type', 'Input should be a valid string'),
  tooShort: (n: number) =>
    of('string_too_short', `String should have at least ${n} character${s(n)}`, { min_length: n }),
  tooLong: (n: number) =>
    of('string_too_long', `String should have at most ${n} characters`, { max_length: n }),
  pattern: (pattern: string) =>
    of('string_pattern_mismatch', `String should match pattern '${pattern}'`, { pattern }),
  literal: (expected: string) => of('literal_error', `Input should be ${expected}`, { expected }),
  intType: of('int_type', 'Input should be a valid integer'),
  int: of('int_parsing', 'Input should be a valid integer, unable to parse string as an integer'),
  fraction: of('int_from_float', 'Input should be a valid integer, got a number with a fractional part'),
  floatType: of('float_type', 'Input should be a valid number'),
  float: of('float_parsing', 'Input should be a valid number, unable to parse string as a number'),
  finite: of('finite_number', 'Input should be a finite number'),
  boolType: of('bool_type', 'Input should be a valid boolean'),
  bool: of('bool_parsing', 'Input should be a valid boolean, unable to interpret input'),
  list: of('list_type', 'Input should be a valid list'),
  dict: of('dict_type', 'Input should be a valid dictionary'),
  model: of('model_attributes_type', 'Input should be a valid dictionary or object to extract fields from'),
  ge: (ge: number) => of('greater_than_equal', `Input should be greater than or equal to ${ge}`, { ge }),
  le: (le: number) => of('less_than_equal', `Input should be less than or equal to ${le}`, { le }),
  fewItems: (least: number, actual: number) =>
    of('too_short', `List should have at least ${least} item${s(least)} after validation, not ${actual}`, {
      field_type: 'List',
      min_length: least,
      actual_length: actual,
    }),
  manyItems: (most: number, actual: number) =>
    of('too_long', `List should have at most ${most} items after validation, not ${actual}`, {
      field_type: 'List',
      max_length: most,
      actual_length: actual,
    }),
  timeType: of('datetime_type', 'Input should be a valid datetime'),
  zone: of('timezone_aware', 'Input should have timezone info'),
  time: (error: string) =>
    of('datetime_from_date_parsing', `Input should be a valid datetime or date, ${error}`, { error }),
  year: (year: number) =>
    of('datetime_parsing', `Input should be a valid datetime, year ${year} is out of range`, {
      error: `year ${year} is out of range`,
    }),
  value: (message: string) => of('value_error', `Value error, ${message}`, { error: {} }),
  json: (error: string) => of('json_invalid', 'JSON decode error', { error }),
};

type Words = (typeof is)['missing'];
type Place = (string | number)[];

/** An item as it stands in an answer, keys in their order. No input where there is none to repeat. */
export function item({ type, msg, ctx }: Words, loc: Place, ...input: [] | [unknown]) {
  return { type, loc, msg, ...(input.length > 0 && { input: input[0] }), ...(ctx && { ctx }) };
}

/** Equal to the letter: the order of the keys is part of the promise. */
export const spelled = (value: unknown) => JSON.stringify(value, undefined, 1);
