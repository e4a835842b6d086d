import * as z from 'zod';

type Value = number | string | boolean | null;
export type Record_ = Readonly<Record<string, Value>>;

const limits = { rows: 1000, features: 2000, name: 128, string: 4096 };

/**
 * One record or a list of them, checked by hand: this runs once for every value of every prediction, and a fault
 * names the place (`inputs`, row, column) and never the value.
 */
export const Inputs = z
  .custom<Record_ | Record_[]>()
  .check(({ value, issues }) => {
    const report = (message: string, path: (string | number)[], type: string) =>
      issues.length < 20 &&
      issues.push({ code: 'custom', message, path, params: { type }, input: undefined });
    if (!Array.isArray(value)) return checkRecord(value, [], report);
    if (value.length === 0)
      return void report('List should have at least 1 item after validation, not 0', [], 'too_short');
    if (value.length > limits.rows)
      return void report(
        `List should have at most ${limits.rows} items after validation, not ${value.length}`,
        [],
        'too_long',
      );
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

type Report = (message: string, path: (string | number)[], type: string) => unknown;

function checkRecord(record: unknown, at: (string | number)[], report: Report) {
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    return void report('Input should be a valid dictionary', at, 'dict_type');
  const columns = Object.keys(record);
  if (columns.length > limits.features)
    return void report(
      `Dictionary should have at most ${limits.features} items after validation, not ${columns.length}`,
      at,
      'too_long',
    );
  for (const column of columns) {
    const fault = valueFault((record as Record<string, unknown>)[column]);
    if (fault) report(fault[1], [...at, shortened(column)], fault[0]);
  }
}

function valueFault(value: unknown): readonly [type: string, message: string] | undefined {
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : ['finite_number', 'Input should be a finite number'];
  if (typeof value === 'string')
    return value.length <= limits.string
      ? undefined
      : ['string_too_long', `String should have at most ${limits.string} characters`];
  if (value === null || typeof value === 'boolean') return undefined;
  return ['value_type', 'Input should be a number, a string, a boolean or null'];
}

/** A place is named, not repeated: ten kilobytes of column name help nobody. */
const shortened = (column: string) =>
  column.length <= limits.name ? column : `${column.slice(0, limits.name)}…`;
