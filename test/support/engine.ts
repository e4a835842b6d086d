import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Gate, Gated } from './gate.ts';

export type Actor<T> = () => Promise<T>;
/** How an actor came out of it, and between which steps it ran. */
export type Outcome<T> = { from: number; to: number } & (
  | { status: 'returned'; value: T }
  | { status: 'threw'; reason: unknown }
  | { status: 'killed' }
);
export type Step = { number: number; actor: number; what: string };

/** Something that waits to be let go; what is not due yet cannot be. Letting go returns what is to be written down. */
export type Waiting = { actor: number; due: number; go(actor: number): string; die?(): void };

export type Engine = {
  readonly waiting: Waiting[];
  readonly trace: string[];
  readonly clock: Clock;
  /** Whether the step let an actor go on; one that only moves a call along sets it back. */
  stirred: boolean;
  wait(entry: Omit<Waiting, 'actor'>): void;
  remove(entry: Waiting): void;
  kill(actor: number): void;
};

const acting = new AsyncLocalStorage<number>();

/** Runs when nothing else is left to run: promises first, then this. */
const settled = () => new Promise<void>((resolve) => process.nextTick(resolve));
const breath = () => new Promise<void>((resolve) => setImmediate(resolve));

export type Plan<T> = {
  actors: readonly Actor<T>[];
  clock: Clock;
  gated: readonly Gated[];
  gate(engine: Engine): Gate;
  /** Which of those that may go; called once a step. */
  choose(engine: Engine, ready: readonly Waiting[]): Waiting;
  /** Whether being called is a step of its own. */
  startIsStep: boolean;
  tick(): number;
  afterStep?(step: Step): void | Promise<void>;
  maxSteps: number;
};
export type Run<T> = { outcomes: Outcome<T>[]; trace: string[]; hash: string; steps: number };

type Lives<T> = { outcomes: (Outcome<T> | undefined)[]; started: number[]; live: Set<number>; step: number };

function start<T>(plan: Plan<T>, engine: Engine, lives: Lives<T>, at: number): void {
  const finish = (outcome: Outcome<T>) => {
    if (!lives.live.delete(at)) return;
    lives.outcomes[at] = outcome;
  };
  const call = () => {
    lives.started[at] = lives.step;
    const times = () => ({ from: lives.started[at] as number, to: lives.step });
    acting.run(at, plan.actors[at] as Actor<T>).then(
      (value) => finish({ status: 'returned', value, ...times() }),
      (reason: unknown) => finish({ status: 'threw', reason, ...times() }),
    );
    return 'started';
  };
  if (plan.startIsStep) engine.waiting.push({ actor: at, due: 0, go: call });
  else call();
}

/** Until every actor that lives waits for us; what takes real time (a signature, a hash) is waited for. */
async function quiet<T>(engine: Engine, lives: Lives<T>): Promise<void> {
  await settled();
  for (let patience = 0; ; patience++) {
    const idle = new Set(engine.waiting.map((entry) => entry.actor));
    const busy = [...lives.live].find((actor) => !idle.has(actor));
    if (busy === undefined) return;
    if (patience > 20_000) throw new Error(`actor ${busy} waits for something that no gate or clock lets go`);
    await breath();
  }
}

function ready(engine: Engine): Waiting[] {
  const due = engine.waiting.filter((entry) => entry.due <= engine.clock.now());
  if (due.length > 0) return due;
  const soonest = Math.min(...engine.waiting.map((entry) => entry.due));
  engine.clock.advance(soonest - engine.clock.now());
  return engine.waiting.filter((entry) => entry.due <= soonest);
}

async function loop<T>(plan: Plan<T>, engine: Engine, lives: Lives<T>): Promise<void> {
  plan.actors.forEach((_, at) => {
    start(plan, engine, lives, at);
  });
  await quiet(engine, lives);
  while (engine.waiting.length > 0) {
    if (lives.step >= plan.maxSteps) throw new Error(`not done after ${plan.maxSteps} steps`);
    const entry = plan.choose(engine, ready(engine));
    engine.remove(entry);
    lives.step++;
    engine.stirred = true;
    const what = entry.go(entry.actor);
    engine.clock.advance(plan.tick());
    if (engine.stirred) await quiet(engine, lives);
    engine.trace.push(`${entry.actor} ${what}`);
    await plan.afterStep?.({ number: lives.step, actor: entry.actor, what });
  }
}

/** One schedule from the first step to the last. Nothing in it depends on real time or real chance. */
export async function play<T>(plan: Plan<T>): Promise<Run<T>> {
  const lives: Lives<T> = {
    outcomes: [],
    started: [],
    live: new Set(plan.actors.keys()),
    step: 0,
  };
  const engine: Engine = {
    waiting: [],
    trace: [],
    clock: plan.clock,
    stirred: true,
    wait: (entry) => {
      const actor = acting.getStore() ?? -1;
      if (lives.outcomes[actor]?.status !== 'killed') engine.waiting.push({ ...entry, actor });
    },
    remove: (entry) => {
      const at = engine.waiting.indexOf(entry);
      if (at >= 0) engine.waiting.splice(at, 1);
    },
    kill: (actor) => {
      for (const entry of engine.waiting.filter((one) => one.actor === actor)) {
        entry.die?.();
        engine.remove(entry);
      }
      lives.live.delete(actor);
      lives.outcomes[actor] = { status: 'killed', from: lives.started[actor] ?? lives.step, to: lives.step };
    },
  };
  const gate = plan.gate(engine);
  for (const one of plan.gated) one.gate = gate;
  plan.clock.waiting = (due) =>
    new Promise<void>((resolve) => {
      engine.wait({
        due,
        go: () => {
          resolve();
          return 'woke';
        },
      });
    });
  try {
    await loop(plan, engine, lives);
  } finally {
    for (const one of plan.gated) one.gate = undefined;
    plan.clock.waiting = undefined;
  }
  const hash = createHash('sha256').update(engine.trace.join('\n')).digest('hex');
  return { outcomes: lives.outcomes as Outcome<T>[], trace: engine.trace, hash, steps: lives.step };
}
