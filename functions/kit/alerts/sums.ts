import * as lanes from '../../../adapters/aggregates/lanes.ts';
import * as marks from '../../../adapters/aggregates/marks.ts';
import { sums } from '../../../adapters/monitoring/driftSums.ts';
import { sourcesOf } from '../../../domain/aggregates/sources.ts';
import type { Sums } from '../../../domain/aggregates/tally.ts';
import { day, hour, startOf } from '../../../domain/aggregates/time.ts';
import { each } from '../lists.ts';

/** What was counted in a lane, or in a longer stretch that lies within the window as a whole. */
export interface Piece {
  /** Epoch milliseconds. */
  start: number;
  sums: Sums;
}

/** Lanes go a day later: what begins before is taken by the hour. */
const lanesKept = 6 * day;

/**
 * What was counted of a deployment from `from`, the start of a lane, up to now. What is within two hours comes lane by
 * lane, so that shorter windows can be cut out of it; the rest in hours and days. The lanes of the first hour come all:
 * those before `from` are for the caller to leave out.
 */
export async function countedSince(id: string, from: number, now: number): Promise<Piece[]> {
  const recent = startOf(hour, now) - hour;
  if (from >= recent) return lanesOf(id, from >= recent + hour ? [recent + hour] : [recent, recent + hour]);
  const begin = now - from > lanesKept ? startOf(hour, from) : from;
  const marked = await marks.within(id, startOf(hour, begin), now);
  const open = new Set([...marked.filter((of) => now - of < lanesKept), recent, recent + hour]);
  // The hour that the window begins in is counted by its lanes.
  if (begin % hour > 0) open.add(startOf(hour, begin));
  const sources = sourcesOf({ since: begin, until: now }, 'day', open);
  const whole = await Promise.all([sums(id, 'daySums', sources.days), sums(id, 'hourSums', sources.hours)]);
  return [...whole.flat().map((one) => ({ start: from, sums: one })), ...(await lanesOf(id, sources.open))];
}

async function lanesOf(id: string, hours: readonly number[]): Promise<Piece[]> {
  const found = await each(hours, (of) => lanes.inHour(id, of));
  return found.flat().map(({ lane }) => ({ start: lane.start, sums: lane.sums }));
}
