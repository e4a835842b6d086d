import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { makeAdminKey } from '../scripts/adminKey.ts';
import { writeWhole } from './files.ts';
import type { Platform } from './platform.ts';

/** The first key of this installation, made once and kept where only its owner can read it. */
export async function adminKey({ home, plan, env }: Platform): Promise<string> {
  const file = join(home, 'admin-key');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const { ControlTable: controlTable = '', KeysTable: keysTable = '' } = plan.outputs;
  // In a worker, because the code of adapters/ finds its endpoints in the environment.
  const worker = new Worker(new URL(import.meta.url), {
    env,
    execArgv: [],
    workerData: { controlTable, keysTable },
  });
  const key = await new Promise<string>((made, failed) => {
    worker.once('message', made);
    worker.once('error', failed);
  });
  await worker.terminate();
  writeWhole(file, `${key}\n`);
  return key;
}

if (!isMainThread && workerData?.controlTable) parentPort?.postMessage(await makeAdminKey(workerData));
