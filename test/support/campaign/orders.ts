import { random } from '../random.ts';
import type { Entry } from './answers.ts';
import { nextRun } from './campaign.ts';
import { assertSettled, judge, tell } from './check.ts';
import { ask, type Deed } from './deeds.ts';
import { type Explored, explore, stepped } from './explore.ts';
import { Broken } from './model.ts';
import { asActor, logged } from './nature.ts';
import { beginning } from './play.ts';
import { type Ids, raise, type Stage } from './scene.ts';
import { watch } from './watch.ts';

/** The four operations, twice each where it matters whom they touch. */
const deeds = {
  promote: ({ staging: [first] }: Ids): Deed => ({ kind: 'promote', of: first }),
  'promote another': ({ staging: [, second] }: Ids): Deed => ({ kind: 'promote', of: second }),
  rollback: ({ production, archived }: Ids): Deed => ({
    kind: 'rollback',
    of: production,
    to: { deployment: archived },
  }),
  'rollback to a model': ({ production, other }: Ids): Deed => ({
    kind: 'rollback',
    of: production,
    to: { model: other },
  }),
  deactivate: ({ production }: Ids): Deed => ({ kind: 'deactivate', of: production }),
  'deactivate the promoted': ({ staging: [first] }: Ids): Deed => ({ kind: 'deactivate', of: first }),
  create: (): Deed => ({ kind: 'create', of: '', stage: 'production' }),
  'create in staging': (): Deed => ({ kind: 'create', of: '', stage: 'staging' }),
} as const;
export type Name = keyof typeof deeds;
export const names = Object.keys(deeds) as Name[];
export const four: readonly Name[] = ['promote', 'rollback', 'deactivate', 'create'];

/** Every choice of so many, in no order, with repetition. */
export const choices = (of: readonly Name[], count: number): Name[][] =>
  count === 0
    ? [[]]
    : of.flatMap((name, at) => choices(of.slice(at), count - 1).map((rest) => [name, ...rest]));

/** All orders in which these requests can meet, each judged like a schedule of the campaign. */
export function everyOrder(stage: Stage, chosen: readonly Name[], limit = 50_000): Promise<Explored> {
  // One run number for all: an item is the same item in every order.
  const run = nextRun();
  return explore(async () => {
    const { world, sleepers } = stage;
    world.hooks.around = (_, run) => run();
    const raised = await raise(stage, run, 1, false);
    const { table, gated } = stepped(world.hooks.table);
    world.hooks.table = table;
    const start = beginning(stage, raised);
    const watching = watch(table, sleepers.clock, raised.ids.project);
    const history: Entry[] = [];
    const broken = logged.broken;
    const actors = chosen.map(
      (name, n) => () =>
        asActor({ random: random(n), alone: [] }, async () => {
          const entry: Entry = {
            deed: deeds[name](raised.ids),
            from: watching.step,
            began: sleepers.clock.now(),
          };
          history.push(entry);
          const reply = await ask(world, raised, entry.deed);
          Object.assign(entry, { reply, to: watching.step + 1 });
        }),
    );
    const atEnd = async () => {
      const told = tell(table, raised.ids.project, start);
      for (const entry of history) judge(entry, told, watching, 0);
      assertSettled(told.survey);
      if (logged.broken > broken) throw new Broken('the system itself says that an invariant is broken');
    };
    return { actors, gated, clock: sleepers.clock, afterStep: watching.afterStep, atEnd };
  }, limit);
}
