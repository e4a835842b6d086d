import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Libraries and models of the bench: made once, kept between runs, never part of the repository. */
export const cache = process.env.SLIPWAY_BENCH_CACHE ?? join(tmpdir(), 'slipway-bench');

export const peersFolder = join(import.meta.dirname, '../peers');

/** What could be had, or why not. */
export type Got = { path: string } | { missing: string };

export const say = (what: string) => console.error(`${new Date().toISOString().slice(11, 19)}  ${what}`);

/**
 * A folder of the cache, made anew by `make` when what it is made from has changed. A failure is told and not kept,
 * so that the next run tries again.
 */
export function kept(name: string, from: readonly string[], make: (folder: string) => void): Got {
  const folder = join(cache, name);
  const stamp = join(folder, '.stamp');
  const wanted = createHash('sha256').update(from.join('\n')).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { path: folder };
  say(`making ${folder}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    make(folder);
    writeFileSync(stamp, wanted);
    return { path: folder };
  } catch (error) {
    return { missing: reason(error) };
  }
}

/** The last line that a failed command wrote, which is where most of them say why. */
export function reason(error: unknown): string {
  const { stderr, message } = error as { stderr?: Buffer | string; message: string };
  const lines = (stderr ? String(stderr) : message).trim().split('\n');
  return (lines.at(-1) ?? message).slice(0, 200);
}

/** Output of a command; its own messages are shown only when it fails. */
export const command = (program: string, words: readonly string[], options: { cwd?: string } = {}) =>
  execFileSync(program, words, {
    cwd: options.cwd,
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1' },
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 1_200_000,
  });

export const peerText = (name: string): string => readFileSync(join(peersFolder, name), 'utf8');
