import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { indexStreams } from './awsStreamRecords.ts';
import { cleanEnv, freePort, loopbackOnly } from './loopback.ts';

export { indexStreams, pruneStreams } from './awsStreamRecords.ts';

export interface Dynamodb {
  url: string;
  /** 0 when the database is not ours to end. */
  pid: number;
  /** Empty when the database is not ours to look into. */
  file: string;
  stop(): Promise<void>;
}

/** The database of this machine, or the one that SLIPWAY_DYNAMODB_ENDPOINT names. */
export async function startDynamodb({ home }: { home: string }): Promise<Dynamodb> {
  const named = process.env.SLIPWAY_DYNAMODB_ENDPOINT;
  if (named) return { url: loopbackOnly(named).origin, pid: 0, file: '', stop: async () => {} };
  const binary = findBinary();
  mkdirSync(home, { recursive: true });
  const file = join(home, 'dynamodb.sqlite');
  for (let attempt = 1; ; attempt++) {
    const started = await tryPort(binary, file, await freePort());
    if (typeof started !== 'string') {
      indexStreams(file);
      return started;
    }
    if (attempt === 5) throw new Error(`the database did not start: ${started}`);
  }
}

/** The binary comes with npm, one package for each platform. */
export function findBinary(platform: string = process.platform, arch: string = process.arch): string {
  const name = platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';
  try {
    return createRequire(import.meta.url).resolve(`@dynoxide/${platform}-${arch}/${name}`);
  } catch {
    throw new Error(
      `No DynamoDB engine for ${platform}-${arch} is installed (npm package @dynoxide/${platform}-${arch}).\n` +
        'Run `npm ci` without `--omit=optional`, or name one on this machine: SLIPWAY_DYNAMODB_ENDPOINT=http://127.0.0.1:8000',
    );
  }
}

/** The running database, or the last words of one that ended, which another may have done to us by taking the port. */
async function tryPort(binary: string, file: string, port: number): Promise<Dynamodb | string> {
  const child = spawn(binary, ['--host', '127.0.0.1', '--port', String(port), '--db-path', file], {
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C in a terminal goes to a whole group: requests in flight still need their database.
    detached: true,
  });
  let words = '';
  const hear = (chunk: unknown) => {
    words = (words + chunk).slice(-500);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  child.once('error', hear);
  const url = `http://127.0.0.1:${port}`;
  const until = Date.now() + 10_000;
  while (alive(child) && Date.now() < until) {
    // Its own word comes first: on a clash it is the other owner of the port who would answer.
    if (words.includes('listening') && (await answers(url)) && alive(child))
      return { url, pid: child.pid ?? 0, file, stop: () => end(child) };
    await pause(20);
  }
  await end(child);
  return words.trim() || 'it said nothing';
}

const alive = (child: ChildProcess) =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

async function answers(url: string): Promise<boolean> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await reply.arrayBuffer();
    return reply.headers.get('server')?.startsWith('Dynoxide') ?? false;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (!alive(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 2000);
  await gone;
  clearTimeout(patience);
}
