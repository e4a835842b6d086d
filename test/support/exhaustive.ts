import { type Clock, createClock } from './clock.ts';
import { type Actor, type Engine, play, type Run, type Step, type Waiting } from './engine.ts';
import type { Gate, Gated } from './gate.ts';
import type { Table } from './table.ts';

/** A world made anew for each interleaving. */
export type World<T> = {
  actors: readonly Actor<T>[];
  table: Table;
  others?: readonly Gated[];
  clock?: Clock;
  afterStep?: (step: Step) => void | Promise<void>;
  /** Called with each finished interleaving. */
  atEnd?: (run: Run<T>) => void | Promise<void>;
};
export type ExhaustiveOptions = { limit?: number; maxSteps?: number };
export type Explored = { interleavings: number; steps: number; calls: number };

/** One step a call: it is applied and answered at once. */
const oneStep =
  (counted: Explored) =>
  (engine: Engine): Gate =>
  (label, apply, settle) =>
    new Promise((resolve, reject) => {
      counted.calls++;
      const go = () => {
        try {
          resolve(apply() as Awaited<ReturnType<typeof apply>>);
          return `${label} ok`;
        } catch (error) {
          reject(error);
          return `${label} ${error instanceof Error ? error.name : 'error'}`;
        } finally {
          settle?.();
        }
      };
      engine.wait({ due: 0, go });
    });

type Branch = { chosen: number; of: number };

/** The next way to go: the last branch that has an untried choice takes it, what came after is forgotten. */
function advance(branches: Branch[]): boolean {
  for (;;) {
    const last = branches.pop();
    if (!last) return false;
    if (last.chosen + 1 === last.of) continue;
    branches.push({ chosen: last.chosen + 1, of: last.of });
    return true;
  }
}

function replaying(branches: Branch[]): (engine: Engine, ready: readonly Waiting[]) => Waiting {
  let depth = 0;
  return (_, ready) => {
    const branch = branches[depth] ?? { chosen: 0, of: ready.length };
    if (branch.of !== ready.length)
      throw new Error(`step ${depth} went another way when it was played again`);
    branches[depth++] = branch;
    return ready[branch.chosen] as Waiting;
  };
}

/**
 * Every order in which the calls of all actors can be applied, by playing each from the start. More of them than
 * `limit` is an error and not a smaller search.
 */
export async function exhaustive<T>(
  makeWorld: () => World<T> | Promise<World<T>>,
  options: ExhaustiveOptions = {},
): Promise<Explored> {
  const limit = options.limit ?? 100_000;
  const explored: Explored = { interleavings: 0, steps: 0, calls: 0 };
  const branches: Branch[] = [];
  do {
    if (explored.interleavings >= limit)
      throw new Error(
        `more than ${limit} interleavings; none was found wrong in those, the rest was not tried`,
      );
    const world = await makeWorld();
    const run = await play({
      actors: world.actors,
      clock: world.clock ?? createClock(),
      gated: [world.table, ...(world.others ?? [])],
      gate: oneStep(explored),
      choose: replaying(branches),
      startIsStep: false,
      tick: () => 1,
      afterStep: world.afterStep,
      maxSteps: options.maxSteps ?? 10_000,
    });
    await world.atEnd?.(run);
    explored.interleavings++;
    explored.steps += run.steps;
  } while (advance(branches));
  return explored;
}
