import { spawn } from 'node:child_process';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Engine, SqlValue } from '../../../iceberg/ports.ts';

/** A query cannot be ended from within its process: whoever hangs is killed from outside. */
function watchdog(seconds: number): () => void {
  const script = `setTimeout(() => process.kill(${process.pid}, 'SIGKILL'), ${seconds * 1000})`;
  const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  return () => {
    child.kill();
  };
}

export interface TestEngine extends Engine {
  close(): void;
}

/** DuckDB in memory, one thread, no extensions; ends the process after two minutes. */
export async function testEngine(): Promise<TestEngine> {
  const calm = watchdog(120);
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(
    "SET autoinstall_known_extensions=false; SET autoload_known_extensions=false; SET TimeZone='UTC'",
  );
  return {
    async query(sql, parameters = []) {
      const reader = await connection.runAndReadAll(sql, [...parameters]);
      return reader.getRowObjectsJS() as Record<string, SqlValue>[];
    },
    close() {
      connection.closeSync();
      instance.closeSync();
      calm();
    },
  };
}
