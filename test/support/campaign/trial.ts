import type { Context } from 'aws-lambda';
import { survey } from '../../../adapters/fsck.ts';
import type { OperationId } from '../../../contracts/routes.ts';
import { findings, type Survey } from '../../../domain/invariants.ts';
import { type Fault, type FaultKind, faultKinds, faults } from '../fault.ts';
import type { Around, Asked } from '../world.ts';
import { nextRun } from './campaign.ts';
import { assertSettled } from './check.ts';
import type { Reply } from './deeds.ts';
import { Broken } from './model.ts';
import { logged } from './nature.ts';
import { type Ids, type Raised, raise, type Stage } from './scene.ts';
import { type Plain, plainItems } from './watch.ts';

/** One request as a client sends it until it is answered for good, and how often its effect is found afterwards. */
export type Scenario = {
  operation: OperationId;
  asked(ids: Ids): Asked;
  effects(found: Survey, control: readonly Plain[], ids: Ids): number;
  /** What has to stand before. */
  before?(stage: Stage, raised: Raised): Promise<void>;
};

/** A place in a request: the n-th attempt of a call, from 1. */
export type Site = { command: string; nth: number };
export type Trouble =
  | { fault: Fault[] }
  /** The process ends at this call, before or after it has done its work. */
  | { kill: Site; after: boolean }
  /** The machine stops as it enters a state. */
  | { stopAt: string };
export type Tried = {
  replies: (Reply | undefined)[];
  effects: number;
  fired: boolean;
  sites: Site[];
  states: string[];
  survey: Survey;
};

const labelOf = ({ service, command }: { service: string; command: string }) =>
  service === 's3' ? `S3 ${command}` : command;

const reading = /^(?:GetItem|Query|BatchGetItem)$/;
const elsewhere = /^(?:S3 |StartSync)/;
/** The faults that a call can meet. */
export const kindsOf = (command: string): readonly FaultKind[] => {
  if (elsewhere.test(command)) return ['serverError', 'timeoutBefore', 'timeoutAfter'];
  return reading.test(command) ? ['throttled', 'serverError', 'timeoutBefore'] : faultKinds;
};

/** Ask, with one trouble on the first way, and go on asking with the same key as a client would. */
export async function attempt(stage: Stage, scenario: Scenario, trouble?: Trouble): Promise<Tried> {
  const raised = await raise(stage, nextRun(), 1);
  const { world } = stage;
  world.hooks.around = (_, run) => run();
  await scenario.before?.(stage, raised);
  const counted = { spooled: logged.spooled, dropped: logged.dropped, broken: logged.broken };
  const way = troubled(trouble);
  Object.assign(world.hooks, { around: way.around, entered: way.entered });
  const ask = () =>
    world.call(scenario.operation, {
      key: raised.key,
      headers: { 'idempotency-key': 'once' },
      ...scenario.asked(raised.ids),
    });
  const replies = [await Promise.race([ask(), way.killed])];
  Object.assign(world.hooks, { around: passing, entered: () => {} });
  for (let wait = 1_000; !isSettled(replies.at(-1)) && replies.length < 12; wait *= 2) {
    await pass(stage, wait);
    replies.push(await ask());
  }
  await pass(stage, 180_000);
  if (logged.broken > counted.broken) throw new Broken('the system itself says that an invariant is broken');
  const control = plainItems(world.hooks.table, 'control');
  const found = survey(control, plainItems(world.hooks.table, 'idempotency'));
  const wrong = findings(found).map(({ invariant, what }) => `${invariant}: ${what}`);
  if (wrong.length > 0) throw new Broken(wrong.join('; '));
  assertSettled(found);
  const effects = scenario.effects(found, control, raised.ids);
  return { replies, effects, fired: way.fired(), sites: way.sites, states: way.states, survey: found };
}

const passing: Around = (_, run) => run();

/** Time passes; each minute the sweeper comes by. */
export async function pass({ world, sleepers }: Stage, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 60_000) {
    sleepers.clock.advance(Math.min(left, 60_000));
    await world.functions.get('sweepOperations')?.({}, {} as Context);
  }
}

/** A client asks again after a failure of ours, and while its own request is said to be under way. */
export const isSettled = (reply: Reply | undefined): boolean =>
  reply !== undefined &&
  reply.status < 500 &&
  !(reply.status === 409 && reply.headers['retry-after'] !== undefined);

function troubled(trouble: Trouble = { fault: [] }) {
  const plan = faults('fault' in trouble ? trouble.fault : []);
  const states: string[] = [];
  const killed = Promise.withResolvers<undefined>();
  let ended = false;
  const end = (): Promise<never> => {
    ended = true;
    killed.resolve(undefined);
    return new Promise(() => {});
  };
  const around: Around = async (call, run) => {
    if (ended) return new Promise(() => {});
    return plan.around(labelOf(call), async () => {
      const site = plan.sites.at(-1);
      const here =
        'kill' in trouble && site?.command === trouble.kill.command && site.nth === trouble.kill.nth;
      if (!here) return run();
      if (trouble.after) await run().catch(() => {});
      return end();
    });
  };
  const entered = (state: string) => {
    states.push(state);
    if ('stopAt' in trouble && trouble.stopAt === state) throw new Error('the machine stopped');
  };
  const fired = () =>
    ended || plan.fired.length > 0 || ('stopAt' in trouble && states.includes(trouble.stopAt));
  return { around, entered, killed: killed.promise, sites: plan.sites as Site[], states, fired };
}

/** The last answer, and what it may say: done exactly once, or refused and not done. */
export function verdict({ replies, effects, fired, survey }: Tried): string {
  const last = replies.at(-1);
  if (!fired) return 'the trouble never came';
  if (!last || last.status >= 500) return `never settled: ${replies.map((reply) => reply?.status)}`;
  const made = survey.deployments.find(({ id }) => id === last.body.id);
  if (effects === 0 && made?.life === 'failed' && !last.body.is_active)
    return 'failed: as its deployment shows';
  if (last.status < 300 && effects !== 1) return `answered ${last.status} and done ${effects} times`;
  if (last.status >= 400 && effects !== 0) return `answered ${last.status} and done ${effects} times`;
  return last.status < 300 ? 'done' : `refused: ${last.body.detail}`;
}

/** A refusal that a fault may lead to: nothing was done, and the client may ask anew. */
const honest =
  /^(?:done$|failed: |refused: (?:The operation was not finished in time|Model failed to load|.* is taken|The .* is being|The key exists))/;
export const isHonest = (said: string): boolean => honest.test(said);
