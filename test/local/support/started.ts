import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { cleanEnv, freePort } from '../../../local/loopback.ts';
import { root, until } from './homes.ts';

/** What `npm start` starts, in a process of its own. */
export interface Started {
  child: ChildProcess;
  url: string;
  key: string;
  /** Everything it has printed so far. */
  words(): string;
  /** Resolves with its exit code, or the signal that ended it. */
  gone: Promise<number | string>;
}

export const startArguments = ['--import', './local/node24.js', join('local', 'start.ts')];

export async function start(home: string): Promise<Started> {
  const port = await freePort();
  const child = spawn(process.execPath, startArguments, {
    cwd: root,
    env: cleanEnv({ SLIPWAY_HOME: home, PORT: String(port) }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const gone = once(child, 'exit').then(([code, signal]) => code ?? signal);
  const key = await until(
    () => {
      if (child.exitCode !== null) throw new Error(`it ended:\n${said}`);
      return said.includes('Stop with Ctrl-C') ? /admin key is (\S+)/.exec(said)?.[1] : undefined;
    },
    'the start',
    60_000,
  );
  return { child, url: `http://127.0.0.1:${port}`, key, words: () => said, gone };
}

/** A call of the API of what was started, with the admin key. */
export async function call(
  { url, key }: Pick<Started, 'url' | 'key'>,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; headers: Headers; body: ReturnType<typeof JSON.parse> }> {
  const reply = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });
  return { status: reply.status, headers: reply.headers, body: await reply.json() };
}
