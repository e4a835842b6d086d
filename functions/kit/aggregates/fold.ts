import * as lanes from '../../../adapters/aggregates/lanes.ts';
import * as marks from '../../../adapters/aggregates/marks.ts';
import { needsMarks } from '../../../domain/aggregates/hours.ts';
import { type Fact, fold } from '../../../domain/aggregates/lane.ts';
import { hour, startOf } from '../../../domain/aggregates/time.ts';
import { newId } from '../clock.ts';

const tries = 8;
const mostRemembered = 10_000;
/** The hours that this process has marked, by deployment and hour. */
const marked = new Set<string>();

/** Count some records into their lane, each once whoever else does the same. */
export async function foldInto(key: lanes.LaneKey, facts: readonly Fact[]): Promise<void> {
  for (let tried = 0; tried < tries; tried++) {
    const read = await lanes.get(key);
    const folded = fold(read, facts);
    if (folded.last === read.last || (await lanes.save(key, folded, read))) return;
  }
  throw new Error('Others kept writing to this lane');
}

/** Say that an hour is open before anything of it is folded. */
export async function openHour(deploymentId: string, of: number, now: number): Promise<void> {
  const key = `${deploymentId}#${of}`;
  if (!needsMarks(of, now, marked.has(key))) return;
  await marks.set(deploymentId, of, newId());
  if (marked.size >= mostRemembered) marked.clear();
  marked.add(key);
}

/** The hours of some lanes, each once. */
export function hoursOf(keys: readonly { deploymentId: string; start: number }[]) {
  const hours = new Map(
    keys.map(({ deploymentId, start }) => {
      const of = startOf(hour, start);
      return [`${deploymentId}#${of}`, { deploymentId, hour: of }] as const;
    }),
  );
  return [...hours.values()];
}
