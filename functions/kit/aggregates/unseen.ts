import * as aggregates from '../../../adapters/aggregates/aggregates.ts';
import * as marks from '../../../adapters/aggregates/marks.ts';
import { type Living, livingSince } from '../../../adapters/deployments/living.ts';
import { isEmpty } from '../../../adapters/logs/partitionLogs.ts';
import { day, hour, startOf } from '../../../domain/aggregates/time.ts';
import { newId } from '../clock.ts';
import { each } from '../lists.ts';

/** So often may the run of an hour fail before an hour is overlooked. */
const lookBack = 6;

/**
 * Mark the hours just over that hold logs of which nothing is counted: without a mark, lists look only into this hour
 * and the one before it. How many there were; one is proof that counting is more than ten minutes behind.
 */
export async function markUnseen(now: number): Promise<number> {
  const last = startOf(hour, now) - hour;
  const first = last - (lookBack - 1) * hour;
  const unseen = await each(await livingSince(first), (deployment) => markUnseenOf(deployment, first, last));
  return unseen.reduce((sum, hours) => sum + hours, 0);
}

async function markUnseenOf({ id, log_shards }: Living, first: number, last: number): Promise<number> {
  const seen = new Set(await marks.within(id, first, last));
  for (const { start, hours } of await aggregates.days(id, startOf(day, first), startOf(day, last)))
    for (const [i, rows] of hours.entries()) if (rows !== null) seen.add(start + i * hour);
  let unseen = 0;
  for (let of = first; of <= last; of += hour) {
    if (seen.has(of) || (await isEmpty(id, of, log_shards))) continue;
    await marks.set(id, of, newId());
    unseen++;
  }
  return unseen;
}
