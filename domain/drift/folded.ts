import type { LaneOf } from '../aggregates/requests.ts';
import { second, startOf } from '../aggregates/time.ts';

/**
 * Within this time logs of one partition may be written in another order than that of their ids: a write is tried for
 * 200 ms, and clocks of machines are a little apart.
 */
const disorder = 2 * second;

/** The seconds that tell whether a log of this time is counted, in epoch milliseconds, both ends inclusive. */
export const tellingSeconds = (newest: number): { from: number; to: number } => ({
  from: startOf(second, newest) - disorder,
  to: startOf(second, newest) + second - 1,
});

/** How many rows of some whole seconds the lanes of a shard hold. */
export function rowsFolded(
  lanes: readonly LaneOf[],
  shard: number,
  { from, to }: { from: number; to: number },
): number {
  let rows = 0;
  for (const { lane } of lanes.filter((one) => one.shard === shard))
    for (let at = from; at <= to; at += second) rows += lane.seconds[(at - lane.start) / second] ?? 0;
  return rows;
}
