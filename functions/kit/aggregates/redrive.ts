import * as deployments from '../../../adapters/deployments/deployments.ts';
import { type Aside, kept } from '../../../adapters/logs/deadRecords.ts';
import { givenUp } from '../../../adapters/logs/givenUp.ts';
import { partitionOf, type StreamRecord } from '../../../adapters/logs/logRecords.ts';
import { isClosable } from '../../../domain/aggregates/hours.ts';
import { day, isTooLate } from '../../../domain/aggregates/time.ts';
import { each } from '../lists.ts';
import { fault } from '../metrics.ts';
import { closeHour } from './closeHour.ts';
import { openHour } from './fold.ts';
import { recountHour } from './recount.ts';

/** What became of the logs that were set aside. */
export interface Redriven {
  found: number;
  /** That no count had, and that one has now. */
  counted: number;
  /** That were counted before, or are gone from the table. */
  already: number;
  /** That nobody can read: they stay aside, and their hour stays open. */
  unreadable: number;
  /** Of hours that are closed for good, six days after them. */
  late: number;
  /** Objects and notes that are aside still. */
  left: number;
}

interface Hour {
  deploymentId: string;
  hour: number;
  /** The ids of the logs that were found. */
  ids: Set<string>;
  /** Whether all that can be counted of it is counted now. */
  done: boolean;
}
type Read = { aside: Aside; hours: Hour[]; whole: boolean };

const readAtOnce = 4;
/** As many as a run has time for. */
const most = 2000;

/**
 * Count what was set aside, each log once, whatever became of its record before. What lies aside only says which hours
 * to look at: the logs themselves say what is missing. An object is forgotten when all of its hours are done, so this
 * may be broken off anywhere and begun again.
 */
export async function redrive(now: number): Promise<Redriven> {
  const told: Redriven = { found: 0, counted: 0, already: 0, unreadable: 0, late: 0, left: 0 };
  const hours = new Map<string, Hour>();
  const asides = [...(await kept(now - 7 * day, now)), ...(await givenUp())];
  told.left = Math.max(0, asides.length - most);
  const read = await each(asides.slice(0, most), (aside) => readInto(hours, told, aside), readAtOnce);
  for (const one of hours.values()) await look(one, told, now);
  for (const { aside, hours: own, whole } of read) {
    if (whole && own.every(({ done }) => done)) await aside.forget();
    else told.left++;
  }
  return told;
}

async function readInto(hours: Map<string, Hour>, told: Redriven, aside: Aside): Promise<Read> {
  const records = await aside.records().catch((error) => fault('redriveLogs', error));
  const own = new Set<Hour>();
  let whole = records !== undefined;
  for (const record of records ?? []) {
    const one = hourOf(hours, record);
    if (one) own.add(one);
    else whole = false;
  }
  if (!whole) told.unreadable++;
  return { aside, hours: [...own], whole };
}

/** The hour that a record is of, with its id noted there; undefined where its key cannot be read. */
function hourOf(hours: Map<string, Hour>, { dynamodb }: StreamRecord): Hour | undefined {
  const { pk, sk } = (dynamodb?.Keys ?? {}) as { pk?: { S?: unknown }; sk?: { S?: unknown } };
  const of = partitionOf(pk?.S);
  if (!of) return undefined;
  const name = `${of.deploymentId}#${of.hour}`;
  const one = hours.get(name) ?? { ...of, ids: new Set<string>(), done: false };
  one.ids.add(String(sk?.S));
  hours.set(name, one);
  return one;
}

async function look(one: Hour, told: Redriven, now: number): Promise<void> {
  const found = one.ids.size;
  told.found += found;
  if (isTooLate(one.hour, now)) {
    told.late += found;
    return;
  }
  const deployment = await deployments.find(one.deploymentId);
  if (!deployment) {
    told.unreadable += found;
    return;
  }
  await openHour(one.deploymentId, one.hour, now);
  const { counted, unreadable, short } = await recountHour(deployment, one.hour);
  one.done = unreadable === 0 && short === 0;
  told.counted += counted;
  told.unreadable += unreadable;
  told.already += Math.max(0, found - counted - unreadable);
  if (isClosable(one.hour, now)) await closeHour(one.deploymentId, one.hour);
}
