import { createHash } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { survey } from '../../../adapters/fsck.ts';
import { type Random, random } from '../random.ts';
import { type Happened, schedule, timedOut, type Weather } from '../scheduler.ts';
import type { Around } from '../world.ts';
import type { Entry } from './answers.ts';
import { assertHeard, assertSettled, judge, rowsOf, tell } from './check.ts';
import { ask, type Deed, scripts } from './deeds.ts';
import { Broken } from './model.ts';
import { actor, asActor, logged } from './nature.ts';
import { type Raised, raise, type Stage } from './scene.ts';
import { plainItems, type Watch, watch } from './watch.ts';

export type Played = {
  steps: number;
  hash: string;
  happened: Happened & { left: number };
  answers: Map<string, number>;
};
/** What the clients of one schedule have in common. */
type Scene = { stage: Stage; raised: Raised; history: Entry[]; watching: Watch };

/** One schedule of so many clients on the real system, judged at every step and after its recovery. */
export async function playOne(
  stage: Stage,
  run: number,
  seed: number,
  clients: number,
  weather: Partial<Weather>,
): Promise<Played> {
  const raised = await raise(stage, run, seed);
  const { table } = stage.world.hooks;
  const { clock } = stage.sleepers;
  const start = beginning(stage, raised);
  const scene: Scene = { stage, raised, history: [], watching: watch(table, clock, raised.ids.project) };
  const { history, watching } = scene;
  const broken = logged.broken;
  const left = leaving(stage, weather);
  const actors = scripts(random(seed ^ 0x5eed), raised.ids, clients).map((deeds, n) =>
    client(scene, deeds, random(seed * 64 + n)),
  );
  const { afterStep } = watching;
  const { steps, trace, happened } = await schedule(seed, actors, { table, clock, weather, afterStep });
  const stormy = happened.lostBefore + happened.lostAfter + happened.conflict + happened.killed + left.count;
  await recover(stage);
  const told = tell(table, raised.ids.project, start);
  for (const entry of history) judge(entry, told, watching, stormy);
  assertHeard(history, told.survey.events, start.seq);
  assertSettled(told.survey);
  if (logged.broken > broken) throw new Broken('the system itself says that an invariant is broken');
  const answers = Map.groupBy(history, ({ deed, reply }) => `${deed.kind} ${reply?.status ?? 'unheard'}`);
  return {
    steps,
    happened: { ...happened, left: left.count },
    answers: new Map([...answers].map(([answer, all]) => [answer, all.length])),
    hash: digest([trace, history.map(({ reply }) => [reply?.status, reply?.body]), told.survey.events]),
  };
}

/** Where the project stands before anybody acts. */
export function beginning({ world }: Stage, { ids }: Raised) {
  const before = survey(plainItems(world.hooks.table, 'control'), []);
  const project = before.projects.find(({ id }) => id === ids.project);
  return { seq: project?.seq ?? 0, state: { prod: project?.prod ?? null, rows: rowsOf(before) } };
}

const client =
  ({ stage, raised, history, watching }: Scene, deeds: readonly Deed[], own: Random) =>
  (): Promise<void> =>
    asActor({ random: own, alone: [] }, async () => {
      const { clock } = stage.sleepers;
      for (const [n, deed] of deeds.entries()) {
        if (n > 0 && deed.kind === 'predict') await clock.sleep(4_000 + own.below(4_000));
        const entry: Entry = { deed, from: watching.step, began: clock.now() };
        history.push(entry);
        const reply = await ask(stage.world, raised, deed);
        Object.assign(entry, { reply, to: watching.step + 1, ended: clock.now() });
      }
      await Promise.allSettled(actor()?.alone ?? []);
    });

/** A machine may never start, its answer may get lost, or its caller may leave while it goes on by itself. */
function leaving({ world }: Stage, { lostBefore = 0, lostAfter = 0 }: Partial<Weather>): { count: number } {
  const left = { count: 0 };
  const around: Around = async (call, run) => {
    const me = actor();
    if (call.service !== 'states' || !me?.random.chance(lostBefore + lostAfter)) return run();
    left.count++;
    if (me.random.chance(30)) throw timedOut();
    const running = run().catch(() => {});
    if (me.random.chance(50)) me.alone.push(running);
    else await running;
    throw timedOut();
  };
  world.hooks.around = around;
  return left;
}

/** Time passes, and the sweeper comes by: whatever was abandoned is closed then. */
async function recover({ world, sleepers }: Stage): Promise<void> {
  sleepers.clock.advance(180_000);
  await world.functions.get('sweepOperations')?.({}, {} as Context);
}

/** Ids differ from run to run in what keeps the caches apart: they count by the order in which they first appear. */
function digest(all: unknown): string {
  const seen = new Map<string, number>();
  const text = JSON.stringify(all).replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, (id) => {
    if (!seen.has(id)) seen.set(id, seen.size);
    return `#${seen.get(id)}`;
  });
  return createHash('sha256').update(text).digest('hex');
}
