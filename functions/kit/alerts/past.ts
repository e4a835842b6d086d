import * as aggregates from '../../../adapters/aggregates/aggregates.ts';
import * as lanes from '../../../adapters/aggregates/lanes.ts';
import * as marks from '../../../adapters/aggregates/marks.ts';
import { type Sums, sumOf } from '../../../domain/aggregates/tally.ts';
import { day, hour, slot, startOf } from '../../../domain/aggregates/time.ts';
import type { ServerShare } from '../../../domain/alerts/metrics/minutes.ts';
import type { Span } from '../../../domain/alerts/metrics/verdict.ts';
import { each } from '../lists.ts';

const lanesKept = 7 * day;

/** The sums of every hour of a span in which anything was counted, by their start: of open ones by their lanes. */
export async function hoursOf(id: string, { from, to }: Span): Promise<Map<number, Sums>> {
  const first = startOf(hour, from);
  const recent = startOf(hour, to);
  const [closed, marked] = await Promise.all([
    aggregates.hoursWithin(id, first, to),
    marks.within(id, first, to),
  ]);
  const open = new Set([...marked.filter((of) => to - of < lanesKept), recent, recent - hour]);
  const counted = await each([...open], async (of) => {
    const found = await lanes.inHour(id, of);
    return [of, sumOf(found.map(({ lane }) => lane.sums))] as const;
  });
  return new Map([...closed.map(({ start, sums }) => [start, sums] as const), ...counted]);
}

/** Which share of the failures of every ten minutes was answered 500 or above. */
export async function serverShares(id: string, { from, to }: Span): Promise<ServerShare> {
  const hours: number[] = [];
  for (let of = startOf(hour, Math.max(from, to - lanesKept)); of <= to; of += hour) hours.push(of);
  const shares = new Map<number, { errors: number; server: number }>();
  for (const found of await each(hours, (of) => lanes.inHour(id, of)))
    for (const { lane } of found) {
      const share = shares.get(lane.start) ?? { errors: 0, server: 0 };
      share.errors += lane.sums.errors;
      for (const [status, rows] of lane.sums.status) if (status >= 500) share.server += rows;
      shares.set(lane.start, share);
    }
  return (start) => {
    const { errors = 0, server = 0 } = shares.get(startOf(slot, start)) ?? {};
    return errors === 0 ? 0 : server / errors;
  };
}
