import { appendFileSync, writeSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { Boot, Call, Reply } from './messages.ts';

type Handler = (event: unknown, context: object) => unknown;

/** A thread is told in its data what it is, a process in its argument. */
const boot: Boot = parentPort ? workerData : JSON.parse(process.argv[2] ?? '{}');
const { source, name, arn, memoryMb, log, cache, loud } = boot;

// Halves the time that a worker takes to load its function, from the second start on.
enableCompileCache(cache);

let requestId = '-';
let printed = '';
process.stdout.write = take as typeof process.stdout.write;
process.stderr.write = take as typeof process.stderr.write;

/** Lines are kept until the answer is out: nobody waits for the log. */
function take(chunk: string | Uint8Array): boolean {
  const lines = (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()).trimEnd().split('\n');
  if (printed === '') setImmediate(flush);
  for (const line of lines) printed += `${new Date().toISOString()} ${name} ${requestId} ${line}\n`;
  return true;
}

function flush() {
  const text = printed;
  printed = '';
  if (text === '') return;
  appendFileSync(log, text);
  if (loud) writeSync(1, text);
}

process.on('exit', flush);

const ready: Promise<Handler | Error> = import(pathToFileURL(source).href).then(
  ({ handler }) => (typeof handler === 'function' ? handler : new Error(`${name} exports no handler`)),
  (error: Error) => error,
);

async function answer({ requestId: id, event, deadline }: Call): Promise<Reply> {
  requestId = id;
  const handler = await ready;
  try {
    if (typeof handler !== 'function') throw handler;
    const result = await handler(JSON.parse(event), {
      awsRequestId: id,
      functionName: name,
      functionVersion: '$LATEST',
      invokedFunctionArn: arn,
      memoryLimitInMB: String(memoryMb),
      logGroupName: `/aws/lambda/${name}`,
      logStreamName: 'local',
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    });
    return { result: JSON.stringify(result) ?? 'null' };
  } catch (thrown) {
    console.error(thrown);
    return { error: JSON.stringify(described(thrown)) };
  }
}

/** A thrown value in the words of Lambda. */
function described(thrown: unknown): object {
  if (!(thrown instanceof Error))
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
}

void ready.then(() => setTimeout(flushCompileCache, 100).unref());

if (parentPort) {
  const port = parentPort;
  port.on('message', async (call: Call) => port.postMessage(await answer(call)));
} else {
  process.on('message', async (call: Call) => process.send?.(await answer(call)));
  // An exit waits for what native code does; a process that nobody listens to has nothing to wait for.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // Whoever stops the platform from the terminal reaches its processes too: the pool ends them.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
}
