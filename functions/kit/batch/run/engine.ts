import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDb, openDuckDb } from '../../../../adapters/duckdb/engine.ts';

const megabyte = 1024 * 1024;
/** What a function has where nobody says: one vCPU's share. */
const usualMegabytes = 1_769;
const diskBytes = 2 * 1024 * megabyte;

/** Runs work with an engine of its own, over a folder that is gone afterwards; every statement ends at the deadline (ms). */
export const withEngineUntil =
  (deadline: number) =>
  async <T>(work: (engine: DuckDb, folder: string) => Promise<T>): Promise<T> => {
    const memory = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? usualMegabytes);
    const folder = await mkdtemp(join(tmpdir(), 'slipway-run-'));
    try {
      const engine = await openDuckDb(folder, {
        memoryBytes: 0.6 * memory * megabyte,
        spillBytes: diskBytes / 2,
        threads: Math.max(1, Math.floor(memory / usualMegabytes)),
        timeLeft: () => deadline - Date.now(),
      });
      try {
        return await work(engine, folder);
      } finally {
        engine.close();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
