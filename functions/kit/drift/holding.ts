import * as aggregates from '../../../adapters/aggregates/aggregates.ts';
import * as marks from '../../../adapters/aggregates/marks.ts';
import { day, hour, startOf } from '../../../domain/aggregates/time.ts';
import { hoursFrom } from '../../../domain/drift/firstRows.ts';

/** The hours of a deployment since a time that may hold logs, oldest first; times in milliseconds. */
export async function holding(deploymentId: string, from: number, now: number): Promise<number[]> {
  const [days, open] = await Promise.all([
    aggregates.days(deploymentId, startOf(day, from), startOf(day, now)),
    marks.within(deploymentId, startOf(hour, from), now),
  ]);
  return hoursFrom(from, now, { days, open });
}
