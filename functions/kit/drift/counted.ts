import * as lanes from '../../../adapters/aggregates/lanes.ts';
import * as marks from '../../../adapters/aggregates/marks.ts';
import { newestUntil, rowsBetween } from '../../../adapters/logs/newestLogs.ts';
import { sums } from '../../../adapters/monitoring/driftSums.ts';
import type { LaneOf } from '../../../domain/aggregates/requests.ts';
import { sourcesOf } from '../../../domain/aggregates/sources.ts';
import { type Sums, sumOf } from '../../../domain/aggregates/tally.ts';
import { day, hour, startOf } from '../../../domain/aggregates/time.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { rowsFolded, tellingSeconds } from '../../../domain/drift/folded.ts';
import { each } from '../lists.ts';

/** As long as the lanes of an hour are kept. What is still marked after that has nothing but its rows. */
const lanesKept = 7 * day;

/**
 * All that was counted in a window, both ends epoch milliseconds: from days and hours that are closed, and the lanes
 * of those that are not. The number of reads depends on the window and on the open hours, never on what was logged.
 */
export async function countedIn(
  deploymentId: string,
  { from, to }: { from: number; to: number },
): Promise<Sums> {
  const marked = await marks.within(deploymentId, from, to);
  const recent = startOf(hour, to);
  const open = new Set([...marked.filter((of) => of + lanesKept > to), recent, recent - hour]);
  const sources = sourcesOf({ since: from, until: to }, 'day', open);
  const parts = await Promise.all([
    sums(deploymentId, 'daySums', sources.days),
    sums(deploymentId, 'hourSums', sources.hours),
    each(sources.open, async (of) =>
      sumOf((await lanes.inHour(deploymentId, of)).map(({ lane }) => lane.sums)),
    ),
  ]);
  return sumOf(parts.flat());
}

/**
 * Whether all that was logged up to a time is counted. The stream of a partition is in order, so the last seconds with
 * a log in them tell of everything before: lanes are read first, so that what they lack is never missed. One log that
 * came through the spool has no place in that order, and waits for its own turn.
 */
export async function isCounted(deployment: Deployment, time: number): Promise<boolean> {
  const recent = startOf(hour, time);
  const whole = await Promise.all(
    [recent - hour, recent].map(async (of) => {
      const folded = await lanes.inHour(deployment.id, of);
      const shards = Array.from({ length: deployment.log_shards }, (_, shard) => shard);
      return (await each(shards, (shard) => isWhole(deployment.id, of, shard, folded, time))).every(Boolean);
    }),
  );
  return whole.every(Boolean);
}

async function isWhole(
  deploymentId: string,
  of: number,
  shard: number,
  folded: readonly LaneOf[],
  time: number,
): Promise<boolean> {
  const partition = { deploymentId, hour: of, shard };
  const newest = await newestUntil(partition, Math.min(time, of + hour - 1));
  if (newest === undefined) return true;
  const { from, to } = tellingSeconds(newest);
  const seconds = { from: Math.max(from, of), to };
  return (await rowsBetween(partition, seconds.from, to)) === rowsFolded(folded, shard, seconds);
}
