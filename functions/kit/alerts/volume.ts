import * as aggregates from '../../../adapters/aggregates/aggregates.ts';
import * as lanes from '../../../adapters/aggregates/lanes.ts';
import * as marks from '../../../adapters/aggregates/marks.ts';
import { day, hour, startOf } from '../../../domain/aggregates/time.ts';
import { hoursBefore, hourToJudge, volume } from '../../../domain/alerts/metrics/volume.ts';
import type { Rule } from '../../../domain/alerts/rule.ts';
import type { Outcome } from '../../../domain/alerts/watch.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { each } from '../lists.ts';
import type { Evidence } from './evidence.ts';

/** How unusual the number of requests of the last hour is for a deployment. */
export async function volumeOf(rule: Rule, { deployment, now }: Evidence): Promise<Outcome> {
  const of = hourToJudge(now);
  const hours = lived(deployment, of);
  if (!hours.includes(of)) return volume(rule, null, [], of);
  const counts = await requestsIn(deployment.id, hours, now);
  const before = hours.filter((one) => one !== of).map((one) => counts.get(one) ?? 0);
  return volume(rule, counts.get(of) ?? 0, before, of);
}

/** The hour and those that it is compared with, as far as the deployment was there for all of them. */
const lived = ({ created_at }: Deployment, of: number): number[] => {
  const created = Date.parse(created_at);
  return [of, ...hoursBefore(of, created)].filter((start) => start >= created);
};

/** Requests of these hours, given newest first: of those that are still open, as far as they are counted. */
async function requestsIn(id: string, hours: readonly number[], now: number): Promise<Map<number, number>> {
  const [last = now, first = last] = [hours[0], hours.at(-1)];
  const marked = await marks.within(id, first, last);
  const open = new Set(marked.filter((of) => of > now - 7 * day));
  open.add(startOf(hour, now) - hour);
  const counts = await each(hours, async (of) => {
    if (!open.has(of)) return (await aggregates.timedRows(id, 'hourSums', [of]))[0]?.requests ?? 0;
    const found = await lanes.inHour(id, of);
    return found.reduce((sum, { lane }) => sum + lane.sums.requests, 0);
  });
  return new Map(hours.map((of, i) => [of, counts[i] ?? 0]));
}
