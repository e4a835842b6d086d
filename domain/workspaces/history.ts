import type { HistoryEntry } from '../deployment.ts';
import { type Status, statusOfLife } from './words.ts';

export interface Shown {
  timestamp: string;
  status: Status;
  status_message: string;
}

/** Entries that hold all that is shown: of two neighbours at least one adds to it. */
export const enough = 203;
const most = 100;

/**
 * The history as the workspaces dialect shows it, from entries in their order, oldest first. Each change tells what it
 * changed from and what to, both at its own time; what repeats the line before it is left out.
 */
export function statusHistory(entries: readonly HistoryEntry[]): Shown[] {
  const shown: Shown[] = [];
  for (const [i, entry] of entries.entries()) {
    const before = entries[i - 1];
    if (!before || entry.quiet || isSame(lineOf(before, entry.at), lineOf(entry, entry.at))) continue;
    for (const line of [lineOf(before, entry.at), lineOf(entry, entry.at)]) {
      const last = shown.at(-1);
      if (!last || !isSame(last, line)) shown.push(line);
    }
  }
  return shown.slice(-most);
}

const lineOf = ({ status, life, message }: HistoryEntry, timestamp: string): Shown => ({
  timestamp,
  status: status ?? statusOfLife[life],
  status_message: message,
});

const isSame = (a: Shown, b: Shown) => a.status === b.status && a.status_message === b.status_message;
