import { type BatchRun, isOver } from './run.ts';

const minute = 60_000;
/** Of a run of which nobody has started the machine by then nothing is to be expected. */
const patience = 30 * minute;
/** Longer than a machine may take: what is open still waits for something that may take long to be mended. */
const longest = 6 * 60 * minute;

/** When somebody looks for the first time whether a run goes on; epoch milliseconds. */
export const firstLook = ({ created_at }: Pick<BatchRun, 'created_at'>): number =>
  Date.parse(created_at) + 2 * minute;

/** When somebody looks again at a run that is not over. */
export const nextLook = ({ created_at }: Pick<BatchRun, 'created_at'>, now: number): number =>
  now + (now - Date.parse(created_at) > longest ? 60 : 3) * minute;

/**
 * What to do about a run by what became of its machine: `start` it again, which is the same as once; `end` it, because
 * the machine has ended and the record does not say how; `giveUp`, because it cannot be started.
 */
export function careOf(
  run: Pick<BatchRun, 'status' | 'created_at'>,
  machine: 'absent' | 'running' | 'over',
  now: number,
): 'none' | 'wait' | 'start' | 'end' | 'giveUp' {
  if (isOver(run)) return 'none';
  if (machine === 'running') return 'wait';
  if (machine === 'over') return 'end';
  return now - Date.parse(run.created_at) > patience ? 'giveUp' : 'start';
}

const day = 24 * 60 * minute;

/** From when on, epoch milliseconds, the files of a run may be looked through: nobody redrives its machine after that. */
export const filesDue = ({ created_at }: Pick<BatchRun, 'created_at'>): number =>
  Date.parse(created_at) + 14 * day;

/** Files that could not be looked through in all that time are left where they are: those of the run are gone soon. */
export const filesGivenUp = (due: number, now: number): boolean => now - due > 14 * day;
