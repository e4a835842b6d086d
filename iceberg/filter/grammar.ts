/** All that a filter may hold, in the engine's words; what is not here is refused. */

export const limits = {
  /** Of the text, in bytes of UTF-8. */
  bytes: 16 * 1024,
  depth: 64,
  nodes: 20_000,
  /** Of one IN. */
  items: 10_000,
} as const;

export const conjunctions = ['CONJUNCTION_AND', 'CONJUNCTION_OR'];
export const comparisons = [
  'COMPARE_EQUAL',
  'COMPARE_NOTEQUAL',
  'COMPARE_LESSTHAN',
  'COMPARE_GREATERTHAN',
  'COMPARE_LESSTHANOREQUALTO',
  'COMPARE_GREATERTHANOREQUALTO',
  'COMPARE_DISTINCT_FROM',
  'COMPARE_NOT_DISTINCT_FROM',
];
export const operators = [
  'OPERATOR_NOT',
  'OPERATOR_IS_NULL',
  'OPERATOR_IS_NOT_NULL',
  'COMPARE_IN',
  'COMPARE_NOT_IN',
  'OPERATOR_COALESCE',
  'OPERATOR_TRY',
];

/** Besides DECIMAL, which has digits. */
export const castTypes = [
  ...['BOOLEAN', 'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT'],
  ...['UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT'],
  ...['FLOAT', 'DOUBLE', 'VARCHAR', 'UUID'],
  ...['DATE', 'TIME', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'INTERVAL'],
];

/** Functions that the engine spells as operators. */
export const signs = new Set(['+', '-', '*', '/', '%', '||', '~~', '!~~', '~~*', '!~~*']);

const words = (list: string) => list.trim().split(/\s+/);

/**
 * Left out on purpose: whatever may need far more memory than its input (repeat, lpad, rpad, replace, format), gives
 * another answer the next time (random, uuid), or reads files, settings or catalogs.
 */
export const functions = new Set([
  ...words('like_escape not_like_escape ilike_escape not_ilike_escape'),
  ...words('abs round floor ceil trunc sign mod greatest least nullif ifnull isnan isinf isfinite'),
  ...words('lower upper trim ltrim rtrim length substring left right starts_with ends_with contains'),
  ...words('position concat regexp_matches regexp_full_match'),
  ...words('year month day hour minute second week quarter dayofweek dayofyear'),
  ...words('date_part date_trunc date_diff date_add date_sub epoch epoch_ms timezone strptime'),
  ...words('to_years to_quarters to_months to_weeks to_days to_hours to_minutes to_seconds to_milliseconds'),
]);

/** Replaced by the scheduled time of the run. */
export const clocks = new Set(['now', 'today']);
/** The same, written without parentheses; a column of that name comes first. */
export const clockWords: Record<string, 'now' | 'today'> = {
  current_timestamp: 'now',
  current_date: 'today',
};
