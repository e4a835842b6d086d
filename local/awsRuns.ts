import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Progress } from './asl/machine.ts';

type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** One execution of a machine; dates are milliseconds. */
export interface Execution {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: Status;
  input: string;
  startDate: number;
  stopDate?: number;
  output?: string;
  error?: string;
  cause?: string;
}

const keptFor = 90 * 24 * 3600 * 1000;

/** Standard executions as they are kept: open ones with the place they are at, closed ones for 90 days. */
export function openRuns(home: string, now: number) {
  mkdirSync(home, { recursive: true });
  const database = new DatabaseSync(join(home, 'executions.sqlite'), { timeout: 5000 });
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS executions (arn TEXT PRIMARY KEY, machine TEXT NOT NULL, status TEXT NOT NULL,
      started INTEGER NOT NULL, about TEXT NOT NULL, progress TEXT);
    CREATE INDEX IF NOT EXISTS by_machine ON executions (machine, started DESC);
  `);
  database.prepare("DELETE FROM executions WHERE status <> 'RUNNING' AND started < ?").run(now - keptFor);
  const statement = {
    get: database.prepare('SELECT about FROM executions WHERE arn = ?'),
    put: database.prepare('INSERT INTO executions VALUES (?, ?, ?, ?, ?, NULL)'),
    end: database.prepare('UPDATE executions SET status = ?, about = ?, progress = NULL WHERE arn = ?'),
    progress: database.prepare('UPDATE executions SET progress = ? WHERE arn = ?'),
    open: database.prepare("SELECT about, progress FROM executions WHERE status = 'RUNNING'"),
    list: database.prepare(
      `SELECT about FROM executions WHERE machine = ? AND (? = '' OR status = ?)
       ORDER BY started DESC, rowid DESC LIMIT ? OFFSET ?`,
    ),
  };
  const read = (row: Record<string, unknown>): Execution => JSON.parse(String(row.about));
  return {
    get(arn: string): Execution | undefined {
      const row = statement.get.get(arn);
      return row && read(row);
    },
    put(execution: Execution) {
      const { executionArn, stateMachineArn, status, startDate } = execution;
      statement.put.run(executionArn, stateMachineArn, status, startDate, JSON.stringify(execution));
    },
    end(execution: Execution) {
      statement.end.run(execution.status, JSON.stringify(execution), execution.executionArn);
    },
    progress(arn: string, progress: Progress) {
      statement.progress.run(JSON.stringify(progress), arn);
    },
    /** What was running when this process ended, with the place to go on from. */
    open(): { execution: Execution; from: Progress | undefined }[] {
      return statement.open.all().map((row) => ({
        execution: read(row),
        from: row.progress === null ? undefined : JSON.parse(String(row.progress)),
      }));
    },
    list(machine: string, status: string, limit: number, offset: number): Execution[] {
      return statement.list.all(machine, status, status, limit, offset).map(read);
    },
    close: () => database.close(),
  };
}
