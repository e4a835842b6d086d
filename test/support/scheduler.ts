import { type Clock, createClock } from './clock.ts';
import { type Actor, type Engine, type Outcome, play, type Step, type Waiting } from './engine.ts';
import type { Gate, Gated } from './gate.ts';
import { type Random, random } from './random.ts';
import type { Table } from './table.ts';

export type { Actor } from './engine.ts';

/** Percentages: of calls for the first four, of steps for `killed`, of the reads and writes they can befall for the rest. */
export type Weather = {
  lostBefore: number;
  lostAfter: number;
  killed: number;
  stale: number;
  torn: number;
  conflict: number;
  unprocessed: number;
};
export type ScheduleOptions = {
  table?: Table;
  /** Stand-ins for other services whose calls are steps too. */
  others?: readonly Gated[];
  clock?: Clock;
  weather?: Partial<Weather>;
  /** Logical milliseconds that one step takes, chosen anew each time. */
  tick?: readonly [number, number];
  afterStep?: (step: Step) => void | Promise<void>;
  maxSteps?: number;
};
export type Happened = Weather & { calls: number; cancelled: number };
export type Schedule<T> = {
  outcomes: Outcome<T>[];
  trace: string[];
  /** Of the trace: the same seed gives the same. */
  hash: string;
  steps: number;
  happened: Happened;
};

const nothing = (): Happened => ({
  ...{ calls: 0, cancelled: 0, lostBefore: 0, lostAfter: 0, killed: 0 },
  ...{ stale: 0, torn: 0, conflict: 0, unprocessed: 0 },
});

/** As the SDK throws it when its request took too long; only the table knows whether anything was done. */
export const timedOut = (): Error =>
  Object.assign(new Error('the request did not end in time'), { name: 'TimeoutError' });

type Dice = (kind: keyof Weather) => boolean;
/** A call on its way: what it does, and whom it tells. */
type Call = {
  readonly label: string;
  apply(): unknown;
  settle(): void;
  resolve(value: unknown): void;
  reject(error: unknown): void;
};
type Ending = { readonly said: string; tell(): void };

function perform(call: Call): Ending {
  try {
    const value = call.apply();
    return { said: 'ok', tell: () => call.resolve(value) };
  } catch (error) {
    return { said: error instanceof Error ? error.name : 'error', tell: () => call.reject(error) };
  }
}

function lose(call: Call, kind: string): string {
  call.settle();
  call.reject(timedOut());
  return `${call.label} ${kind}`;
}

/** Three steps a call: it arrives, it is applied, it is answered; the caller goes on only after the third. */
function travel(call: Call, engine: Engine, dice: Dice, happened: Happened): void {
  const answered = (ending: Ending): string => {
    if (dice('lostAfter')) return lose(call, 'lostAfter');
    call.settle();
    ending.tell();
    return `${call.label} answered ${ending.said}`;
  };
  const applied = (actor: number): string => {
    const ending = perform(call);
    if (ending.said === 'TransactionCanceledException') happened.cancelled++;
    engine.stirred = false;
    engine.waiting.push({ actor, due: 0, go: () => answered(ending), die: call.settle });
    return `${call.label} applied`;
  };
  engine.wait({
    due: 0,
    go: (actor) => {
      if (dice('lostBefore')) return lose(call, 'lostBefore');
      engine.stirred = false;
      engine.waiting.push({ actor, due: 0, go: applied });
      return `${call.label} arrived`;
    },
  });
}

const threeSteps =
  (dice: Dice, happened: Happened) =>
  (engine: Engine): Gate =>
  (label, apply, settle = () => {}) =>
    new Promise((resolve, reject) => {
      happened.calls++;
      travel({ label, apply, settle, resolve: resolve as Call['resolve'], reject }, engine, dice, happened);
    });

function chooser(from: Random, dice: Dice): (engine: Engine, ready: readonly Waiting[]) => Waiting {
  return (engine, ready) => {
    const entry = ready[from.below(ready.length)] as Waiting;
    if (!dice('killed')) return entry;
    engine.kill(entry.actor);
    return { actor: entry.actor, due: 0, go: () => 'killed' };
  };
}

/** One schedule, which the seed chooses wholly: who goes next, what is lost, how long each step takes. */
export async function schedule<T>(
  seed: number,
  actors: readonly Actor<T>[],
  options: ScheduleOptions = {},
): Promise<Schedule<T>> {
  const from = random(seed);
  const happened = nothing();
  const dice: Dice = (kind) => {
    if (!from.chance(options.weather?.[kind] ?? 0)) return false;
    happened[kind]++;
    return true;
  };
  const [least, most] = options.tick ?? [1, 10];
  const { table } = options;
  table?.chaos({
    stale: () => dice('stale'),
    torn: () => dice('torn'),
    conflict: () => dice('conflict'),
    unprocessed: () => dice('unprocessed'),
  });
  try {
    const run = await play({
      actors,
      clock: options.clock ?? createClock(),
      gated: [...(table ? [table] : []), ...(options.others ?? [])],
      gate: threeSteps(dice, happened),
      choose: chooser(from, dice),
      startIsStep: true,
      tick: () => least + from.below(most - least + 1),
      afterStep: options.afterStep,
      maxSteps: options.maxSteps ?? 100_000,
    });
    return { ...run, happened };
  } catch (cause) {
    throw new Error(`schedule ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  } finally {
    table?.chaos(undefined);
  }
}
