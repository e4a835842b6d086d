import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Boot, Call, Reply } from './messages.ts';

/** Whatever runs one function: it is handed calls one at a time, and may be ended at any moment. */
export interface Host {
  post(call: Call): void;
  end(): Promise<unknown>;
}

/** What a host tells: an answer, what it threw outside of a call, or that it is gone. */
export interface Told {
  reply(reply: Reply): void;
  fail(error: Error): void;
  gone(): void;
}

const script = new URL('worker.ts', import.meta.url);
const heap = (boot: Boot) => Math.max(boot.memoryMb, 128);

/** A thread: it starts fastest. */
export function startThread(boot: Boot, env: Record<string, string>, told: Told): Host {
  const worker = new Worker(script, {
    workerData: boot,
    env,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heap(boot) },
  });
  worker.on('message', told.reply);
  worker.on('error', told.fail);
  worker.on('exit', told.gone);
  return { post: (call) => worker.postMessage(call), end: () => worker.terminate() };
}

/** A process: what works in native code cannot be ended in a thread without ending everything else with it. */
export function startProcess(boot: Boot, env: Record<string, string>, told: Told): Host {
  const child = fork(script, [JSON.stringify(boot)], {
    env,
    execArgv: [`--max-old-space-size=${heap(boot)}`],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', (reply) => told.reply(reply as Reply));
  child.on('error', told.fail);
  child.on('exit', told.gone);
  // A call to a process that has just ended is lost with it; `exit` tells of both.
  return { post: (call) => child.send(call, () => {}), end: () => ended(child) };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
