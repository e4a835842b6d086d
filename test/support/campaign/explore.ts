import type { Clock } from '../clock.ts';
import type { Command, Commands } from '../dynamodb/types.ts';
import { type Actor, type Engine, play, type Step, type Waiting } from '../engine.ts';
import type { Gate, Gated } from '../gate.ts';
import type { Table } from '../table.ts';
import { type Footprint, footprint, independent, isOwn } from './footprint.ts';

/** Orders that were played to their end, and those given up as soon as they were seen to repeat one. */
export type Explored = { orders: number; repeated: number; steps: number };
export type Place = {
  actors: readonly Actor<void>[];
  gated: Gated;
  clock: Clock;
  afterStep(step: Step): void;
  atEnd(): Promise<void>;
};

type Pending = Waiting & { id: string; print: Footprint };
type Frame = {
  ready: Map<string, Footprint>;
  asleep: Map<string, Footprint>;
  done: string[];
  chosen: string;
};

class Repeats extends Error {}

/**
 * A table of which each call is one step: applied and answered at once. Calls that nobody else can notice pass
 * without a step.
 */
export function stepped(table: Table): { table: Table; gated: Gated } {
  const gated: Gated = { gate: undefined };
  const send = (command: Command, input: Commands[Command][0]): Promise<object> => {
    const print = footprint(command, input as Parameters<typeof footprint>[1]);
    if (!gated.gate || isOwn(print)) return table.send(command, input);
    return gated.gate(JSON.stringify([command, print]), () => table.send(command, input));
  };
  return { table: { ...table, send: send as Table['send'] }, gated };
}

/** One step a call, named by its actor and how many that actor had made before it. */
const oneStep = (engine: Engine): Gate => {
  const made = new Map<number, number>();
  return (label, apply) =>
    new Promise((resolve) => {
      const [command, print] = JSON.parse(label) as [string, Footprint];
      const entry: Omit<Pending, 'actor'> = {
        ...{ due: 0, id: '', print },
        go: () => {
          resolve(apply() as Awaited<ReturnType<typeof apply>>);
          return `${command} applied`;
        },
      };
      engine.wait(entry);
      const waiting = engine.waiting.at(-1) as Pending;
      const n = made.get(waiting.actor) ?? 0;
      made.set(waiting.actor, n + 1);
      waiting.id = `${waiting.actor}.${n}`;
    });
};

/** The next order to try; false when every one is covered. */
function advance(frames: Frame[]): boolean {
  for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
    frame.done.push(frame.chosen);
    const { ready, asleep, done } = frame;
    const next = [...ready.keys()].find((id) => !asleep.has(id) && !done.includes(id));
    if (next !== undefined) {
      frame.chosen = next;
      return true;
    }
    frames.pop();
  }
  return false;
}

/** What need not be tried next: it was tried before, and what was chosen since cannot change what it does. */
function sleeping({ ready, asleep, done, chosen }: Frame): Map<string, Footprint> {
  const mine = ready.get(chosen) as Footprint;
  const before = done.map((id) => [id, ready.get(id) as Footprint] as const);
  return new Map([...asleep, ...before].filter(([, print]) => independent(print, mine)));
}

function chooser(frames: Frame[]) {
  let depth = 0;
  return (_: Engine, waiting: readonly Waiting[]): Waiting => {
    const entries = waiting as readonly Pending[];
    const known = frames[depth];
    if (!known) {
      const last = frames.at(-1);
      const asleep = last ? sleeping(last) : new Map<string, Footprint>();
      const ready = new Map(entries.map(({ id, print }) => [id, print]));
      const chosen = [...ready.keys()].find((id) => !asleep.has(id));
      if (chosen === undefined) throw new Repeats();
      frames.push({ ready, asleep, done: [], chosen });
    }
    const wanted = frames[depth++]?.chosen;
    const entry = entries.find(({ id }) => id === wanted);
    if (!entry) throw new Error('an order went another way when it was played again');
    return entry;
  };
}

/**
 * Every order of the calls of all actors that can make a difference: of two orders that differ only in calls of
 * which neither writes what the other looks at, one is played (sleep sets). More than `limit` is an error.
 */
export async function explore(makePlace: () => Promise<Place>, limit: number): Promise<Explored> {
  const explored: Explored = { orders: 0, repeated: 0, steps: 0 };
  const frames: Frame[] = [];
  do {
    if (explored.orders + explored.repeated >= limit)
      throw new Error(`more than ${limit} orders: the rest was not tried`);
    const { actors, clock, afterStep, atEnd, gated } = await makePlace();
    try {
      const run = await play({
        ...{ actors, clock, gated: [gated], gate: oneStep, choose: chooser(frames) },
        ...{ startIsStep: false, tick: () => 0, afterStep, maxSteps: 1_000 },
      });
      explored.steps += run.steps;
      explored.orders++;
      await atEnd();
    } catch (error) {
      if (!(error instanceof Repeats)) throw error;
      explored.repeated++;
    }
  } while (advance(frames));
  return explored;
}
