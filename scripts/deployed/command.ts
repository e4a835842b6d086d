import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';

interface Options {
  env: Record<string, string>;
  /** Show what it says as it says it. */
  loud?: boolean;
}

/** Longer than anything here is silent: a resource that the emulator cannot make hangs instead of failing. */
const longestSilence = 90_000;

/** Run a command to its end and give what it printed. It fails as the command fails, or when nothing is heard. */
export function run(command: string, args: readonly string[], { env, loud }: Options): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { out: '', all: '' };
    const fail = (why: string) =>
      reject(new Error(`${args[0] ?? command} ${why}\n${loud ? '' : said.all.slice(-4000)}`));
    const silent = () => {
      child.kill('SIGKILL');
      fail(`said nothing for ${longestSilence / 1000} s`);
    };
    let timer = setTimeout(silent, longestSilence);
    const heard = (chunk: Buffer) => {
      clearTimeout(timer);
      timer = setTimeout(silent, longestSilence);
      said.all = (said.all + chunk).slice(-200_000);
      if (loud) process.stdout.write(chunk);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      said.out += chunk;
      heard(chunk);
    });
    child.stderr.on('data', heard);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(said.out);
      else fail(`ended with ${code ?? signal}`);
    });
  });
}

/** Start a server in a process group of its own, its words in a file. */
export function start(
  command: string,
  args: readonly string[],
  { env, log }: { env: Record<string, string>; log: string },
): ChildProcess {
  const file = openSync(log, 'w');
  return spawn(command, args, { env, detached: true, stdio: ['ignore', file, file] });
}

/** End a server and what it started: it may hang in a deploy and not hear the first word. */
export async function end(server: ChildProcess): Promise<void> {
  const { pid } = server;
  if (pid === undefined || server.exitCode !== null) return;
  const gone = new Promise((ended) => server.once('exit', ended));
  signal(-pid, 'SIGTERM');
  const timer = setTimeout(() => signal(-pid, 'SIGKILL'), 2_000);
  await gone;
  clearTimeout(timer);
  signal(-pid, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals) {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}
