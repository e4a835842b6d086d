import { DuckDBInstance } from '@duckdb/node-api';

/** Asks the engine for a sum, which takes as long as its event says. */
export const handler = async ({ rows }: { rows: number }) => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `SELECT sum(sqrt(a.range))::VARCHAR AS total FROM range(${rows}) a`,
  );
  connection.closeSync();
  instance.closeSync();
  return { total: reader.getRowObjectsJS()[0]?.total, pid: process.pid };
};
