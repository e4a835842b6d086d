import { AsyncLocalStorage } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';

/** Where the time, the pauses and the chance of the whole process come from while it is held still. */
export type Nature = {
  clock: Clock;
  random: Random;
  /** Stands in the last three bytes of every id, so that no cache of a process knows an id of another run. */
  run: number;
  /** False: a pause is over at once, wherever every order of what follows is tried anyway. */
  pauses: boolean;
};

/** There is one of it in a process, however many copies of the system are loaded beside each other. */
type Shared = { nature?: Nature; own: AsyncLocalStorage<Actor>; installed: boolean; logged: Logged };
/** How often the system's own log said so. */
type Logged = { broken: number; spooled: number; dropped: number };
const place = globalThis as unknown as { slipwayCampaign?: Shared };
place.slipwayCampaign ??= {
  ...{ own: new AsyncLocalStorage(), installed: false },
  logged: { broken: 0, spooled: 0, dropped: 0 },
};
const shared = place.slipwayCampaign;
export const { logged } = shared;

/** An actor draws its own chance: what another one does in between does not change it. */
export type Actor = {
  random: Random /** What goes on by itself after its caller has left. */;
  alone: Promise<unknown>[];
};
export const asActor = <T>(actor: Actor, run: () => T): T => shared.own.run(actor, run);
export const actor = (): Actor | undefined => shared.own.getStore();

export const hold = (held: Nature | undefined): void => {
  install();
  shared.nature = held;
};
export const runText = (run: number): string => run.toString(16).padStart(6, '0');

function bytes(count: number, { random, run }: Nature): Buffer {
  const from = shared.own.getStore()?.random ?? random;
  const drawn = Buffer.from(Array.from({ length: count }, () => from.below(256)));
  drawn.writeUIntBE(run, count - 3, 3);
  return drawn;
}

/**
 * Node's own clock, pauses and randomness, replaced for the process. Whoever draws bytes in advance gets those of
 * one id only: nothing may be left over from the run before.
 */
function install(): void {
  if (shared.installed) return;
  shared.installed = true;
  const crypto = process.getBuiltinModule('node:crypto');
  const timers = process.getBuiltinModule('node:timers/promises');
  const real = {
    now: Date.now,
    passed: performance.now.bind(performance),
    chance: Math.random,
    randomBytes: crypto.randomBytes,
    sleep: timers.setTimeout,
  };
  Date.now = () => Math.floor(shared.nature?.clock.now() ?? real.now());
  performance.now = () => shared.nature?.clock.now() ?? real.passed();
  Math.random = () => (shared.own.getStore()?.random ?? shared.nature?.random)?.next() ?? real.chance();
  const randomBytes = (count: number) =>
    shared.nature ? bytes(count >= 1_000 ? 10 : count, shared.nature) : real.randomBytes(count);
  const sleep = async (milliseconds = 0, ...rest: unknown[]) => {
    const { nature } = shared;
    if (!nature) return real.sleep(milliseconds, ...(rest as []));
    if (nature.pauses) await nature.clock.sleep(milliseconds);
  };
  Object.assign(crypto, { randomBytes });
  Object.assign(timers, { setTimeout: sleep });
  syncBuiltinESMExports();
}
