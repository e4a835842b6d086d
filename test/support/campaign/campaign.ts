import type { Weather } from '../scheduler.ts';
import { type Played, playOne } from './play.ts';
import type { Stage } from './scene.ts';

const lossy = { lostBefore: 5, lostAfter: 5 };
const stormy = { ...lossy, conflict: 5, torn: 20, stale: 50 };
/** Of five schedules one has fair weather, two lose calls, one meets all that a table can do, and in one clients die. */
const weathers: readonly Partial<Weather>[] = [{}, lossy, lossy, stormy, { ...stormy, killed: 0.3 }];
const weatherOf = (seed: number): Partial<Weather> => weathers[seed % weathers.length] ?? {};

export type Tally = {
  schedules: number;
  steps: number;
  happened: Record<string, number>;
  answers: Record<string, number>;
};
export const nothing = (): Tally => ({ schedules: 0, steps: 0, happened: {}, answers: {} });

/** Run numbers of a process are never used twice: 24 bits of them. */
let runs = 0;
export const nextRun = (): number => {
  runs = (runs + 1) % 0xf00000;
  return runs;
};

/** One schedule of a campaign: its seed decides the weather too. What is found wrong names it. */
export async function scheduleOf(stage: Stage, seed: number, clients: number): Promise<Played> {
  try {
    return await playOne(stage, nextRun(), seed, clients, weatherOf(seed));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`seed ${seed}, ${clients} clients: ${why}`, { cause });
  }
}

export async function campaign(stage: Stage, from: number, to: number, clients: number): Promise<Tally> {
  const tally = nothing();
  for (let seed = from; seed < to; seed++) add(tally, await scheduleOf(stage, seed, clients));
  return tally;
}

function add(tally: Tally, { steps, happened, answers }: Played): void {
  merge(tally, { schedules: 1, steps, happened, answers: Object.fromEntries(answers) });
}

export function merge(tally: Tally, other: Tally): void {
  tally.schedules += other.schedules;
  tally.steps += other.steps;
  for (const part of ['happened', 'answers'] as const)
    for (const [what, count] of Object.entries(other[part]))
      tally[part][what] = (tally[part][what] ?? 0) + count;
}

/** A campaign in which nothing happens proves nothing. */
export function assertLively({ schedules, steps, happened }: Tally, clients: number): void {
  const least = { calls: 4 * clients, steps: 7 * clients };
  const {
    calls = 0,
    cancelled = 0,
    lostBefore = 0,
    lostAfter = 0,
    killed = 0,
    left = 0,
    torn = 0,
  } = happened;
  if (calls < least.calls * schedules) throw new Error(`only ${calls} calls in ${schedules} schedules`);
  if (steps < least.steps * schedules) throw new Error(`only ${steps} steps in ${schedules} schedules`);
  const rare = { cancelled, lostBefore, lostAfter, killed, left, torn };
  for (const [what, count] of Object.entries(rare))
    if (count < schedules / 50) throw new Error(`only ${count} ${what} in ${schedules} schedules`);
}

export const told = ({ schedules, steps, happened, answers }: Tally): string =>
  [
    `${schedules} schedules, ${steps} steps`,
    ...[happened, answers].map((counts) =>
      Object.entries(counts)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([what, count]) => `${what} ${count}`)
        .join(', '),
    ),
  ].join('\n  ');
