import * as dead from '../../../adapters/logs/deadRecords.ts';
import { type LogRecord, partitionOf, read, type StreamRecord } from '../../../adapters/logs/logRecords.ts';
import { byLane } from '../../../domain/aggregates/lane.ts';
import { isTooLate, minute, second } from '../../../domain/aggregates/time.ts';
import { each } from '../lists.ts';
import { fault, metric } from '../metrics.ts';
import { foldInto, hoursOf, openHour } from './fold.ts';

const atOnce = 16;
/** A record that was written longer ago than this is an alarm: milliseconds. */
const patience = 15 * minute;

type Told = LogRecord & { index: number };
interface Sorted {
  told: Told[];
  /** What nobody can read, and why. */
  broken: { record: StreamRecord; reason: string; index: number }[];
  /** What came after its hour can have been kept open. */
  late: number[];
}

/** What is to be done with each record of a batch. */
function sorted(records: readonly StreamRecord[], now: number): Sorted {
  const all: Sorted = { told: [], broken: [], late: [] };
  for (const [index, record] of records.entries()) {
    try {
      const one = read(record);
      if (isTooLate(one.fact.at, now)) all.late.push(index);
      else all.told.push({ ...one, index });
    } catch (error) {
      // The kind of error alone: what it says may repeat what is in the record.
      all.broken.push({ record, reason: error instanceof Error ? error.name : 'unreadable', index });
    }
  }
  return all;
}

/** Count a batch of logs. The place of the first record that is not done with, or undefined. */
export async function count(records: readonly StreamRecord[], now: number): Promise<number | undefined> {
  tellLag(records, now);
  const { told, broken, late } = sorted(records, now);
  const failed = [
    ...(await each(broken, (one) => placeOfFailure([one.index], () => setAside(one, now)), atOnce)),
    ...(await each(
      lanesOf(told),
      ({ places, ...lane }) => placeOfFailure(places, () => folded(lane, now)),
      8,
    )),
  ].filter((place) => place !== undefined);
  const first = failed.length > 0 ? Math.min(...failed) : undefined;
  const dropped = late.filter((place) => first === undefined || place < first).length;
  if (dropped > 0) metric({ LogDropped: [dropped, 'Count'] }, { operationId: 'aggregateLogs' });
  return first;
}

/** The stream is in order, so where one record of a batch has waited too long, its first one has. */
function tellLag([first]: readonly StreamRecord[], now: number): void {
  const written = (first?.dynamodb?.ApproximateCreationDateTime ?? Number.POSITIVE_INFINITY) * second;
  const waited = now - written;
  if (waited > patience) metric({ LogsUncounted: [1, 'Count'] }, { operationId: 'aggregateLogs', waited });
}

/** Lanes with the places of their records in the batch. */
const lanesOf = (told: readonly Told[]) =>
  byLane(told).map((lane) => {
    const own = new Set(lane.facts);
    return { ...lane, places: told.filter(({ fact }) => own.has(fact)).map(({ index }) => index) };
  });

async function folded({ facts, ...key }: ReturnType<typeof byLane>[number], now: number): Promise<void> {
  for (const { deploymentId, hour } of hoursOf([key])) await openHour(deploymentId, hour, now);
  await foldInto(key, facts);
}

/** Keep what cannot be counted, and its hour open: what it holds is then listed, and not taken for complete. */
async function setAside({ record, reason }: Sorted['broken'][number], now: number): Promise<void> {
  const first = await dead.keep(record, reason, now);
  const of = partitionOf(keyOf(record));
  if (of && !isTooLate(of.hour, now)) await openHour(of.deploymentId, of.hour, now);
  if (first) metric({ LogsUncounted: [1, 'Count'] }, { operationId: 'aggregateLogs' });
}

const keyOf = ({ dynamodb }: StreamRecord) => (dynamodb?.Keys?.pk as { S?: unknown } | undefined)?.S;

/** Where a fault that may pass leaves something undone: all from the first of these records comes again. */
async function placeOfFailure(
  places: readonly number[],
  run: () => Promise<void>,
): Promise<number | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    fault('aggregateLogs', error);
    return Math.min(...places);
  }
}
