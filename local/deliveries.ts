import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Deliver } from './delivery.ts';

/** An event for a function that nobody waits for. */
export interface Delivery {
  target: string;
  event: string;
}

/** Lambda tries an event that nobody waits for three times. */
const attempts = 3;
const atOnce = 16;

interface Row extends Delivery {
  id: number;
  tried: number;
}

/** Asynchronous invocations, kept on disk until they are done: a crash delivers them again. */
export function createDeliveries(file: string, invoke: Deliver, retryMs = 1000) {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS pending
      (id INTEGER PRIMARY KEY, target TEXT NOT NULL, event TEXT NOT NULL, tried INTEGER NOT NULL, due INTEGER NOT NULL)`);
  const insert = database.prepare('INSERT INTO pending (target, event, tried, due) VALUES (?, ?, 0, 0)');
  const remove = database.prepare('DELETE FROM pending WHERE id = ?');
  const delay = database.prepare('UPDATE pending SET tried = ?, due = ? WHERE id = ?');
  const due = database.prepare(
    'SELECT id, target, event, tried FROM pending WHERE due <= ? ORDER BY id LIMIT 100',
  );
  const left = database.prepare('SELECT MIN(due) AS soonest FROM pending');
  const later = database.prepare('SELECT MIN(due) AS soonest FROM pending WHERE due > ?');
  const inWork = new Map<number, Promise<void>>();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  function pump() {
    if (stopped) return;
    const now = Date.now();
    for (const row of due.all(now) as unknown as Row[]) {
      if (inWork.size >= atOnce) break;
      if (!inWork.has(row.id)) inWork.set(row.id, work(row));
    }
    schedule(now);
  }

  /** What was due by then is in work, or waits for what is; the rest is looked at when its time comes. */
  function schedule(now: number) {
    clearTimeout(timer);
    const { soonest } = later.get(now) as { soonest: number | null };
    if (soonest !== null) timer = setTimeout(pump, Math.max(0, soonest - Date.now()));
  }

  async function work({ id, target, event, tried }: Row) {
    const invocation = await invoke(target, event).catch((error: Error) => ({
      ok: false,
      payload: error.message,
    }));
    if (stopped) return;
    inWork.delete(id);
    if (invocation.ok) remove.run(id);
    else if (tried + 1 < attempts) delay.run(tried + 1, Date.now() + retryMs * 2 ** tried, id);
    else {
      remove.run(id);
      console.error(`${target}: an event was given up after ${attempts} attempts`);
    }
    pump();
  }

  return {
    /** Go on with what an earlier process left undone. */
    resume: pump,
    add: (deliveries: readonly Delivery[]) => {
      if (deliveries.length === 0 || stopped) return;
      for (const { target, event } of deliveries) insert.run(target, event);
      pump();
    },
    settled: async () => {
      while ((left.get() as { soonest: number | null }).soonest !== null)
        await new Promise((soon) => setTimeout(soon, 5));
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await Promise.allSettled(inWork.values());
      database.close();
    },
  };
}
