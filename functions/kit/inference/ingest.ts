import * as spool from '../../../adapters/logs/spool.ts';
import { isTooLate, minute } from '../../../domain/aggregates/time.ts';
import { millisecondsOf } from '../../../domain/id.ts';
import { each } from '../lists.ts';
import { fault, metric } from '../metrics.ts';

/** An announcement comes within seconds; what lies longer has none. */
const patience = 10 * minute;
/** How long a run goes on. */
const budget = 4 * minute;

/**
 * Write a spooled log under the key that it was to have, and take it off the spool. Its hour is closed for good after
 * six days: what comes later, and is not in the table, counts as dropped.
 */
export async function ingestOne(key: string, now: number): Promise<void> {
  if (!isTooLate(timeOf(key), now)) return spool.ingest(key);
  if (!(await spool.isWritten(key))) metric({ LogDropped: [1, 'Count'] }, { operationId: 'ingestSpool' });
  await spool.remove(key);
}

/** Write what no announcement told of, oldest first; what fails does not hold up the others. */
export async function ingestLeftovers(now: number): Promise<void> {
  const end = Date.now() + budget;
  let behind = '';
  while (Date.now() < end) {
    const keys = await spool.list(behind);
    const due = keys.filter((key) => !(now - timeOf(key) < patience));
    await each(due, (key) => ingestOne(key, now).catch((error) => fault('ingestSpool', error)));
    behind = keys.at(-1) ?? '';
    // Ids are in the order of time: behind one that is young lie younger ones.
    if (due.length < keys.length || keys.length === 0) return;
  }
}

/** When a spooled log was made, from its id at the end of its key. */
const timeOf = (key: string): number => millisecondsOf(key.split('/').at(-1) ?? '');
