import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readJson } from './files.ts';

/** Who holds a home: its process, the database it started, and how both were called. */
interface Holder {
  pid: number;
  command: string;
  database?: { pid: number; command: string };
}

export interface Lock {
  /** Remember the database, so that a later start can end it should this process be killed. */
  database(pid: number): void;
  release(): void;
}

/** Only one process may work in a home. What a killed one left behind is cleared away. */
export async function takeLock(home: string): Promise<Lock> {
  mkdirSync(home, { recursive: true });
  const file = join(home, 'lock');
  const holder: Holder = { pid: process.pid, command: commandOf(process.pid) ?? '' };
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(holder), { flag: 'wx', mode: 0o600 });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      await clear(file, home);
    }
  }
  return {
    database: (pid) => {
      const command = pid > 0 ? commandOf(pid) : undefined;
      if (command !== undefined) holder.database = { pid, command };
      writeFileSync(file, JSON.stringify(holder));
    },
    release: () => {
      if (readJson<Holder>(file)?.pid === process.pid) rmSync(file, { force: true });
    },
  };
}

/** Take a dead holder's lock away, with the database that outlived it. */
async function clear(file: string, home: string): Promise<void> {
  const left = readJson<Holder>(file);
  if (left && runs(left)) throw new Error(`Slipway already works in ${home} (process ${left.pid}).`);
  if (left?.database && runs(left.database)) await end(left.database);
  rmSync(file, { force: true });
}

/** A number alone proves nothing: the system gives it to somebody else sooner or later. */
const runs = ({ pid, command }: { pid: number; command: string }) =>
  command !== '' && commandOf(pid) === command;

async function end(process_: { pid: number; command: string }): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(process_.pid, signal);
    } catch {
      return;
    }
    for (let i = 0; i < 40 && runs(process_); i++) await pause(50);
    if (!runs(process_)) return;
  }
}

/** The command line of a process; undefined when there is none, or nobody can say. */
function commandOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8') || undefined;
    if (process.platform === 'win32') {
      const query = `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`;
      return (
        execFileSync('powershell', ['-NoProfile', '-Command', query], { encoding: 'utf8' }).trim() ||
        undefined
      );
    }
    return (
      execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
    );
  } catch {
    return undefined;
  }
}
