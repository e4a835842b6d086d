import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDb, type Options, openDuckDb } from '../../../adapters/duckdb/engine.ts';

/** A query cannot be ended from within its process: whoever hangs is killed from outside. */
function watchdog(seconds: number): () => void {
  const script = `setTimeout(() => process.kill(${process.pid}, 'SIGKILL'), ${seconds * 1000})`;
  const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  return () => {
    child.kill();
  };
}

export interface LockedEngine extends DuckDb {
  work: string;
  end: () => Promise<void>;
}

/** The product's engine over a work folder of its own; ends the process after two minutes. */
export async function lockedEngine(options: Partial<Options> = {}): Promise<LockedEngine> {
  const calm = watchdog(120);
  const work = await mkdtemp(join(tmpdir(), 'slipway-engine-'));
  const limits = { memoryBytes: 512 * 1024 ** 2, spillBytes: 256 * 1024 ** 2, threads: 1 };
  const engine = await openDuckDb(work, { ...limits, timeLeft: () => 60_000, ...options });
  return {
    ...engine,
    work,
    async end() {
      engine.close();
      await rm(work, { recursive: true, force: true });
      calm();
    },
  };
}
