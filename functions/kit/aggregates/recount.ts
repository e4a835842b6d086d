import * as lanes from '../../../adapters/aggregates/lanes.ts';
import * as marks from '../../../adapters/aggregates/marks.ts';
import { itemsOf, logsOf } from '../../../adapters/logs/partitionLogs.ts';
import { byLane, emptyLane, fold, type Lane } from '../../../domain/aggregates/lane.ts';
import { restOf, type Stored, standing } from '../../../domain/aggregates/rest.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { shard as label } from '../../../domain/log.ts';
import { newId } from '../clock.ts';
import { each } from '../lists.ts';

export interface Recount {
  /** Logs that no count had, and that one has now. */
  counted: number;
  /** Logs that lie in the table and that nobody can read. */
  unreadable: number;
  /** Ten-minute lanes in which more was folded than there is: logs are gone, so nothing was counted there. */
  short: number;
}

const shardsAtOnce = 4;

/**
 * Count what was written in an hour and never folded, whatever became of its record: from the logs themselves, less
 * what is folded. The order is what makes it right: lanes are read before the logs, and the hour is marked before
 * anything is written. It may be done at any time, any number of times, and be broken off anywhere.
 */
export async function recountHour(
  { id, log_shards }: Pick<Deployment, 'id' | 'log_shards'>,
  of: number,
): Promise<Recount> {
  const stored = await lanes.storedIn(id, of);
  const all = await each(
    Array.from({ length: log_shards }, (_, shard) => shard),
    async (shard) => ({ shard, equal: (await itemsOf(id, of, shard)) === countIn(stored, shard) }),
  );
  const unequal = all.filter(({ equal }) => !equal);
  const sum: Recount = { counted: 0, unreadable: 0, short: 0 };
  if (unequal.length === 0) return sum;
  await marks.set(id, of, newId());
  const recounts = await each(unequal, ({ shard }) => recountShard(id, of, shard, stored), shardsAtOnce);
  for (const { counted, unreadable, short } of recounts) {
    sum.counted += counted;
    sum.unreadable += unreadable;
    sum.short += short;
  }
  return sum;
}

const countIn = (stored: readonly Stored[], shard: number): number =>
  standing(stored).reduce((sum, one) => sum + (one.shard === shard ? one.lane.sums.requests : 0), 0);

async function recountShard(id: string, of: number, shard: number, stored: readonly Stored[]) {
  const own = stored.filter((one) => one.shard === shard);
  const { slots, unreadable } = await tallied(
    { id, of, shard },
    own.map(({ lane }) => lane.start),
  );
  const sum: Recount = { counted: 0, unreadable, short: 0 };
  for (const [start, all] of slots) {
    const here = own.filter(({ lane }) => lane.start === start);
    const folded = here.find(({ rest }) => !rest)?.lane ?? emptyLane(start);
    const before = countIn(here, shard);
    if (before === all.sums.requests) continue;
    const rest = restOf(all, folded);
    if (rest) await lanes.saveRest({ deploymentId: id, start, shard: label(shard) }, rest);
    if (rest) sum.counted += all.sums.requests - before;
    else sum.short++;
  }
  return sum;
}

type Partition = { id: string; of: number; shard: number };

/** All logs of a shard by their ten minutes, as one fold of all of them would have it; of these ten minutes at least. */
async function tallied({ id, of, shard }: Partition, starts: readonly number[]) {
  const slots = new Map<number, Lane>(starts.map((start) => [start, emptyLane(start)]));
  let unreadable = 0;
  for await (const some of logsOf(id, of, shard)) {
    unreadable += some.unreadable;
    const records = some.facts.map((fact) => ({ deploymentId: id, shard: label(shard), fact }));
    for (const { start, facts } of byLane(records))
      slots.set(start, fold(slots.get(start) ?? emptyLane(start), facts));
  }
  return { slots, unreadable };
}
