import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { fault } from '../../iceberg/fault.ts';
import type { Engine, SqlValue } from '../../iceberg/ports.ts';
import { type WrittenFile, writtenFiles } from '../../iceberg/stats.ts';
import { deadline, engineFault } from './errors.ts';
import type { Registered, ScoreFunction } from './score.ts';
import type { Limits } from './work.ts';

export { folders } from './work.ts';

export interface DuckDb extends Engine {
  /** Runs a COPY with RETURN_STATS and tells of each file that it wrote. */
  copy: (sql: string) => Promise<WrittenFile[]>;
  /** Makes `score(…)` known, once for an engine; counts the rows it sees. */
  registerScore: (score: ScoreFunction) => Pick<Registered, 'seen'>;
  close: () => void;
}

export interface Options extends Limits {
  /** Milliseconds until the work has to end; negative when it is over. Every statement fails then with `deadline`. */
  timeLeft: () => number;
}

/**
 * A locked DuckDB of one task over one work folder, for one statement at a time. Nothing that a user wrote may reach it as
 * SQL: the lock holds files and settings, not what a statement may read inside of them.
 */
export async function openDuckDb(work: string, options: Options): Promise<DuckDb> {
  // Its 70 MB are loaded when there is work for them: a function that needs none starts in half the time.
  const [{ openLocked }, { registerScore }] = await Promise.all([import('./open.ts'), import('./score.ts')]);
  const { connection, close } = await openLocked(work, options);
  let registered: Registered | undefined;
  const run = (sql: string, parameters: readonly SqlValue[]) =>
    within(connection, options.timeLeft, sql, parameters).catch((error: unknown) => {
      const failure = registered?.failure();
      if (failure !== undefined) throw failure;
      throw engineFault(error);
    });
  return {
    async query(sql, parameters = []) {
      const reader = await run(sql, parameters);
      return reader.getRowObjectsJS().map((row) => rowOf(row));
    },
    async copy(sql) {
      const reader = await run(sql, []);
      return writtenFiles(reader.getRowObjectsJS());
    },
    registerScore(score) {
      if (registered) throw fault('engine', 'this engine has a model already');
      registered = registerScore(connection, score, () => options.timeLeft() < 0);
      const { seen } = registered;
      return { seen };
    },
    close,
  };
}

/** A query stops at the deadline; one that scores stops by itself, because no timer fires beside it. */
async function within(
  connection: DuckDBConnection,
  timeLeft: () => number,
  sql: string,
  parameters: readonly SqlValue[],
) {
  const left = timeLeft();
  if (left < 0) throw deadline();
  const timer = setTimeout(() => connection.interrupt(), Math.min(left, longestTimer));
  try {
    const values: DuckDBValue[] = [...parameters];
    return await connection.runAndReadAll(sql, values);
  } finally {
    clearTimeout(timer);
  }
}

/** Node's timers fire at once beyond it. */
const longestTimer = 2 ** 31 - 1;

/** Cells of other types are the caller's mistake: they are cast in SQL. */
function rowOf(row: Record<string, unknown>): Record<string, SqlValue> {
  const entries = Object.entries(row).map(([name, cell]): [string, SqlValue] => {
    if (cell === null || ['boolean', 'number', 'bigint', 'string'].includes(typeof cell))
      return [name, cell as SqlValue];
    throw fault('engine', 'a statement gave a column of a type that is not read');
  });
  return Object.fromEntries(entries);
}
