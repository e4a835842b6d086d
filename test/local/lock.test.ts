import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { takeLock } from '../../local/lock.ts';
import { temporaryHome } from './support/homes.ts';

const { home, remove } = temporaryHome();
afterAll(remove);
let homes = 0;
const fresh = () => join(home, `home-${homes++}`);
const read = (folder: string) => JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'));

function sleeper() {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' });
  return { pid: child.pid ?? 0, gone: once(child, 'exit'), kill: () => child.kill('SIGKILL') };
}
/** Wait until the child shows its own command line: right after the fork it still shows its parent's. */
async function settledCommand(pid: number) {
  for (;;) {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (command.includes('60000')) return command;
    await new Promise((soon) => setTimeout(soon, 10));
  }
}

test('a home belongs to one process until it lets go', async () => {
  const folder = fresh();
  const lock = await takeLock(folder);
  await expect(takeLock(folder)).rejects.toThrow(new RegExp(`already works in .*${process.pid}`));
  lock.release();
  expect(existsSync(join(folder, 'lock'))).toBe(false);
  (await takeLock(folder)).release();
});

test('the lock of a process that is gone is taken over', async () => {
  const folder = fresh();
  const first = await takeLock(folder);
  writeFileSync(join(folder, 'lock'), JSON.stringify({ ...read(folder), pid: 2 ** 22 + 1 }));
  first.release();
  const second = await takeLock(folder);
  expect(read(folder).pid).toBe(process.pid);
  second.release();
});

test('a lock that cannot be read is taken over', async () => {
  const folder = fresh();
  (await takeLock(folder)).release();
  writeFileSync(join(folder, 'lock'), '{"pid":');
  (await takeLock(folder)).release();
});

const onLinux = process.platform === 'linux';
if (!onLinux) console.error('skipped: left-over databases are looked for in /proc here');

test.runIf(onLinux)('the database of a process that was killed is ended', async () => {
  const folder = fresh();
  const database = sleeper();
  await settledCommand(database.pid);
  const lock = await takeLock(folder);
  lock.database(database.pid);
  writeFileSync(join(folder, 'lock'), JSON.stringify({ ...read(folder), command: 'another command' }));
  (await takeLock(folder)).release();
  await database.gone;
});

test.runIf(onLinux)('a stranger who got the number of a database is left alone', async () => {
  const folder = fresh();
  const stranger = sleeper();
  try {
    const command = await settledCommand(stranger.pid);
    const lock = await takeLock(folder);
    const database = { pid: stranger.pid, command: `${command} --and more` };
    writeFileSync(
      join(folder, 'lock'),
      JSON.stringify({ ...read(folder), command: 'another command', database }),
    );
    (await takeLock(folder)).release();
    lock.release();
    expect(readFileSync(`/proc/${stranger.pid}/cmdline`, 'utf8')).toBe(command);
  } finally {
    stranger.kill();
    await stranger.gone;
  }
});
