import { renameSync, statSync } from 'node:fs';

const mostBytes = 20 * 1024 * 1024;

/** Put a log that has grown large aside, over the one that was put aside before. */
export function turnLog(file: string, most = mostBytes): void {
  const { size = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
  if (size > most) renameSync(file, `${file}.1`);
}

/** Writers open the log anew for every line, so it can be put aside at any time. */
export function keepLogSmall(file: string) {
  turnLog(file);
  const timer = setInterval(() => turnLog(file), 30_000);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
