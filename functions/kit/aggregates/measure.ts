import * as aggregates from '../../../adapters/aggregates/aggregates.ts';
import * as lanes from '../../../adapters/aggregates/lanes.ts';
import * as marks from '../../../adapters/aggregates/marks.ts';
import {
  aligned,
  pointsIn,
  type Range,
  stepFor,
  type Timed,
  timed,
} from '../../../domain/aggregates/metrics.ts';
import { sourcesOf } from '../../../domain/aggregates/sources.ts';
import { day, hour, minute, startOf } from '../../../domain/aggregates/time.ts';
import { Problem } from '../../../domain/problem.ts';
import { each } from '../lists.ts';

/** A day by minutes, two months by hours. */
const mostPoints = 1500;
/** Clocks of different machines differ. */
const skew = 5 * minute;

/** The range that is asked for, in whole steps; the last day where nobody says. All in milliseconds. */
export function rangeOf(asked: { since?: string; until?: string; step?: number }, now: number): Range {
  const until = Math.min(asked.until ? Date.parse(asked.until) : now, now + skew);
  const since = Math.min(asked.since ? Date.parse(asked.since) : until - day, until);
  const step = asked.step ? asked.step * 1000 : stepFor({ since, until });
  const range = aligned({ since, until, step });
  if (pointsIn(range) <= mostPoints) return range;
  throw new Problem('invalid', [
    {
      type: 'value_error',
      loc: ['query'],
      msg: `Value error, the time from since to until has more than ${mostPoints} steps`,
      ctx: { error: {} },
    },
  ]);
}

/** What was counted in a range: from days and hours that are closed, and from the lanes of those that are not. */
export async function countedIn(deploymentId: string, range: Range, now: number): Promise<Timed[]> {
  const { since, until, step } = range;
  const marked = await marks.within(deploymentId, startOf(hour, since), until);
  const recent = startOf(hour, now);
  const open = new Set([...marked, recent, recent - hour]);
  const sources = sourcesOf(range, step === day ? 'day' : 'hour', open);
  const fine = step < hour ? 'minutes' : 'hourSums';
  const parts = await Promise.all([
    aggregates.timedRows(deploymentId, 'daySums', sources.days),
    aggregates.timedRows(deploymentId, fine, sources.hours),
    each(sources.open, async (of) =>
      (await lanes.inHour(deploymentId, of)).flatMap(({ lane }) => timed(lane)),
    ),
  ]);
  return parts.flat(2);
}
