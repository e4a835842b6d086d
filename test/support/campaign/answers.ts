import type { Event } from '../../../domain/change.ts';
import type { Survey } from '../../../domain/invariants.ts';
import { type Deed, type Reply, writes } from './deeds.ts';
import type { State } from './model.ts';
import { contradicted } from './reads.ts';
import type { Watch } from './watch.ts';

/** A request, and between which steps and when it was under way. `reply` is missing where nobody lived to hear it. */
export type Entry = { deed: Deed; from: number; began: number; to?: number; ended?: number; reply?: Reply };

export type Told = { survey: Survey; states: ReadonlyMap<number, State> };

/** An answer, and all that it is held against. */
export type Case = {
  entry: Entry;
  reply: Reply;
  told: Told;
  watch: Watch;
  /** The states while it was under way. */
  during: readonly State[];
  /** How much went wrong in the schedule, and how many changes were made while it was under way. */
  stormy: number;
  commits: number;
};
/** What is wrong with an answer. */
export type Wrong = string | undefined;

/** Before it has tried so often, or for so long, an operation may not say that it is busy. */
const patience = { tries: 7, milliseconds: 3_000 };

export function contradiction(one: Case): Wrong {
  const { reply, entry, told } = one;
  const { status, headers, body } = reply;
  if (status >= 500) return unexcused(one);
  if (status === 404) return 'it is there';
  if (!writes(entry.deed.kind)) return contradicted(one);
  if (headers['idempotency-replayed']) return isKept(one) ? undefined : 'nobody was answered so before';
  if (String(body.detail).includes('Idempotency-Key')) return undefined;
  const events = told.survey.events.filter((event) => event.op_id === headers['x-operation-id']);
  if (status >= 400) return refused(one, events);
  return entry.deed.kind === 'create' ? created(one, events) : changed(one, events);
}

/** A failure of ours needs a reason: something was lost, others kept coming first, or it took too long. */
function unexcused({ entry: { began, ended = began }, reply, commits, stormy }: Case): Wrong {
  const busy = commits >= patience.tries || ended - began > patience.milliseconds;
  return stormy > 0 || (reply.status === 503 && busy) ? undefined : 'nothing was lost and nobody came first';
}

const isKept = ({ told, reply }: Case): boolean =>
  told.survey.kept.some(({ code, body = '' }) => code === reply.status && isSame(body, reply.body));
const isSame = (text: string, body: unknown) =>
  text !== '' && JSON.stringify(JSON.parse(text)) === JSON.stringify(body);

const lifeOf = ({ rows }: State, id: string | undefined) => rows.get(id ?? '')?.life;
const against: Partial<Record<Deed['kind'], (state: State, deed: Deed) => boolean>> = {
  promote: (state, { of }) => lifeOf(state, of) !== 'active',
  rollback: (state, { to }) => to?.deployment !== undefined && lifeOf(state, to.deployment) !== 'archived',
  deactivate: (state, { of }) => lifeOf(state, of) === 'deploying',
};

function refused({ entry: { deed }, reply, during, stormy }: Case, events: readonly Event[]): Wrong {
  if (events.length > 0) return 'it was done all the same';
  if (stormy > 0 && String(reply.body.detail).startsWith('Model failed to load')) return undefined;
  return during.some((state) => against[deed.kind]?.(state, deed)) ? undefined : 'nothing stood against it';
}

/** Whether a change was made after the request had come and before it was answered. */
function isTimely({ entry: { from, to = from }, watch }: Case, { seq }: Event): boolean {
  const reached = watch.seqAt.indexOf(seq);
  return reached > from && reached <= to;
}

function created(one: Case, events: readonly Event[]): Wrong {
  const [first, second] = events;
  if (first?.type !== 'deployment.created' || !isTimely(one, first)) return 'it was not made then';
  if (!one.reply.body.is_active) return undefined;
  return second?.type === 'deployment.activated' && isTimely(one, second) ? undefined : 'it is not active';
}

function changed(one: Case, [event, ...others]: readonly Event[]): Wrong {
  const { entry, reply, told, during } = one;
  const { deployment_id, archived_deployment_id } = reply.body;
  const down = entry.deed.kind === 'deactivate';
  const so = (state: State) =>
    down ? lifeOf(state, entry.deed.of) === 'archived' : state.prod === deployment_id;
  if (!event) return during.some(so) ? undefined : 'nothing was done, and it was not so already';
  if (others.length > 0) return 'it was done twice';
  if (!isTimely(one, event)) return 'it was done at another time';
  const before = told.states.get(event.seq - 1)?.prod ?? null;
  if (down || (archived_deployment_id === before && deployment_id === event.dep)) return undefined;
  return `the one before was ${before}`;
}
