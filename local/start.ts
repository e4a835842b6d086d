import './node24.js';
import { once } from 'node:events';
import { resolve } from 'node:path';

// Loaded later, so that an older Node gets as far as the line above.
const { createProgress } = await import('./progress.ts');
const { startStack } = await import('./stack.ts');
const { description } = await import('./sample.ts');

const home = resolve(process.env.SLIPWAY_HOME ?? '.slipway');
const port = Number(process.env.PORT ?? 8888);
const halt = new AbortController();

try {
  if (!(Number.isInteger(port) && port > 0 && port < 65_536))
    throw new Error('PORT is a number from 1 to 65535.');
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => halt.abort());
  const stack = await startStack({ home, port, signal: halt.signal, progress: createProgress(console.log) });
  console.log(welcome(stack));
  const halted = halt.signal.aborted ? undefined : once(halt.signal, 'abort');
  await Promise.race([halted, stack.lost]);
  await stack.stop();
  if (!halt.signal.aborted)
    throw new Error('The database has ended by itself. Start again: nothing that was answered is lost.');
  process.exit(0);
} catch (error) {
  // Whoever stops a start needs no reason for its end.
  if (halt.signal.aborted) process.exit(0);
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function welcome({ url, key, sample }: Awaited<ReturnType<typeof startStack>>): string {
  const authorization = `-H 'Authorization: Bearer ${key}'`;
  const inputs = JSON.stringify({
    inputs: description().example.record,
    options: { include_contributions: true },
  });
  const deployment = `${url}/api/mlops/deployments/${sample?.deployment_id}`;
  return `
Slipway answers at ${url}
The admin key is ${key}

  curl -X POST ${deployment}/predict ${authorization} -H 'Content-Type: application/json' -d '${inputs}'
  curl ${deployment}/inference-logs ${authorization}
  curl ${url}/api/mlops/projects/${sample?.project_id}/deployments ${authorization}
  curl -X POST ${url}${sample?.batch}/trigger ${authorization} -H 'Content-Type: application/json' -d '{}'

Data: ${home}; what functions print: ${home}/log. Stop with Ctrl-C.`;
}
