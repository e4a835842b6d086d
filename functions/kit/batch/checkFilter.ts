import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckDb } from '../../../adapters/duckdb/engine.ts';
import { Problem } from '../../../domain/problem.ts';
import { isFilterFault } from '../../../iceberg/filter/issue.ts';
import { parseFilter } from '../../../iceberg/filter/parse.ts';

const megabyte = 1024 * 1024;
const limits = { memoryBytes: 256 * megabyte, spillBytes: 16 * megabyte, threads: 1 };
const patience = 5_000;

/** Refuse a filter that is not one condition of the closed grammar; no table is looked at for it. */
export async function checkFilter(text: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'filter-'));
  const until = Date.now() + patience;
  try {
    const engine = await openDuckDb(work, { ...limits, timeLeft: () => until - Date.now() });
    try {
      await parseFilter(engine, text);
    } finally {
      engine.close();
    }
  } catch (error) {
    throw isFilterFault(error) ? refusal(error.message, text) : error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const refusal = (why: string, input: string) =>
  new Problem('invalid', [
    {
      type: 'value_error',
      loc: ['body', 'source', 'filter_sql'],
      msg: `Value error, ${why}`,
      ...(JSON.stringify(input).length <= 1024 && { input }),
      ctx: { error: {} },
    },
  ]);
