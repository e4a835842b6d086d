import { isFault } from '../fault.ts';
import type { Engine, EngineFault } from '../ports.ts';
import { columnName, literal } from '../sqlText.ts';
import { filterFault } from './issue.ts';
import type { FilterField } from './resolve.ts';

const table = 'filter_columns';

/** One row without values: what an expression makes of it tells of types and constants, never of data. */
const emptyRow = (fields: readonly FilterField[]) =>
  `CREATE OR REPLACE TEMP TABLE ${table} AS SELECT ${[
    'NULL AS nothing',
    ...fields.map(({ id, type }) => `${literal(type, null)} AS ${columnName(id)}`),
  ].join(', ')}`;

/** What the engine may find wrong with an expression that it has parsed, by the kind of its error. */
const reasons: Record<string, string> = {
  Binder: 'the types of the filter do not fit together',
  Catalog: 'the types of the filter do not fit together',
  Conversion: 'a constant of the filter does not fit the type beside it',
  'Invalid Input': 'a constant of the filter is not valid where it stands',
  'Out of Range': 'a number of the filter is out of range',
};

const before = 'SELECT CAST(v AS VARCHAR) AS value, typeof(v) AS type FROM (SELECT (';

/**
 * Refuses a filter that the engine cannot evaluate over these columns, or that is no condition; a `FilterFault`.
 * `position` makes a character of the filter of a byte of `sql`.
 */
export async function bindFilter(
  engine: Engine,
  sql: string,
  fields: readonly FilterField[],
  position: (byte: number) => number | undefined,
): Promise<void> {
  await engine.query(emptyRow(fields));
  const [row] = await engine.query(`${before}${sql}) AS v FROM ${table})`).catch((error: unknown) => {
    if (!isEngineFault(error)) throw error;
    const at = error.position === undefined ? undefined : position(error.position - before.length);
    throw filterFault(reasons[error.kind] ?? 'the filter cannot be evaluated', at);
  });
  if (row?.type !== 'BOOLEAN')
    throw filterFault('the filter is not a condition: its value is neither true nor false');
}

const isEngineFault = (error: unknown): error is EngineFault => isFault(error) && error.code === 'engine';

/** The engine's types of some expressions without columns. */
export async function typesOf(engine: Engine, expressions: readonly string[]): Promise<string[]> {
  if (expressions.length === 0) return [];
  const [row] = await engine.query(
    `SELECT ${expressions.map((sql, i) => `typeof(${sql}) AS t${i}`).join(', ')}`,
  );
  return expressions.map((_, i) => String(row?.[`t${i}`]));
}
