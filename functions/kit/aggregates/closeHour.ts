import * as aggregates from '../../../adapters/aggregates/aggregates.ts';
import * as lanes from '../../../adapters/aggregates/lanes.ts';
import * as marks from '../../../adapters/aggregates/marks.ts';
import * as deployments from '../../../adapters/deployments/deployments.ts';
import { itemsIn } from '../../../adapters/logs/inferenceLogs.ts';
import { close, dayRow, isClosable } from '../../../domain/aggregates/hours.ts';
import { day, hour, startOf } from '../../../domain/aggregates/time.ts';

/** The hours that may be open still: once its lanes are forgotten, an hour is not closed any more. */
export function closableHours(now: number): number[] {
  const hours: number[] = [];
  for (let of = startOf(hour, now); of > now - 7 * day; of -= hour) if (isClosable(of, now)) hours.push(of);
  return hours;
}

/**
 * Close an hour of a deployment, if all of its logs are counted. The order is what makes it right: the marks are read
 * before the lanes, the lanes before the items are counted, and the marks go last.
 */
export async function closeHour(deploymentId: string, of: number): Promise<'closed' | 'left open'> {
  const deployment = await deployments.find(deploymentId);
  if (!deployment) return 'left open';
  const read = await marks.get(deploymentId, of);
  const folded = await lanes.inHour(deploymentId, of);
  const counted = await itemsIn(deployment, of);
  const closing = close(
    of,
    folded.map(({ lane }) => lane),
    counted,
  );
  if (closing.outcome === 'unequal') return 'left open';
  const written = await Promise.all(closing.writes.map((write) => aggregates.put(deployment, write)));
  // Another closer knows more: it will see to the rest.
  if (written.includes(false)) return 'left open';
  await aggregates.countDay(deployment, closing.dayCount);
  const sums = await aggregates.hoursOfDay(deploymentId, startOf(day, of));
  await aggregates.put(deployment, dayRow(of, sums));
  await marks.remove(deploymentId, of, read);
  return 'closed';
}
