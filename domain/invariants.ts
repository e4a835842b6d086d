import type { Event } from './change.ts';
import { type Deployment, life as follows, type HistoryEntry, type Kind } from './deployment.ts';
import { isOver, type Run } from './drift/run.ts';
import { operationId } from './idempotency.ts';
import { contiguous, difference, links, versions } from './links.ts';
import type { Model } from './model.ts';
import type { Operation } from './operation.ts';
import type { Project } from './project.ts';
import type { External } from './workspaces/external.ts';

/** Everything that the control table and the table of repeats hold, by what it is. */
export interface Survey {
  projects: Project[];
  /** Ids that the list of projects shows, and whose each project name is. */
  listed: string[];
  workspaces: { name: string; pid: string }[];
  deployments: Deployment[];
  externals: External[];
  /** Ids of external deployments that are no more; what happened to them is kept. */
  removed: string[];
  events: Event[];
  history: Map<string, HistoryEntry[]>;
  places: { dep: string; pid: string; kind: Kind }[];
  names: { project_id: string; name: string; version: number; dep: string; kind: Kind }[];
  /** Names of batch deployments below their models, and who has them or had them last. */
  batchNames: { model: string; name: string; dep: string; archived: boolean }[];
  /** Batch runs, by what says where each lies and by what lies there; and the ids of those that go on, and are looked after. */
  batchRuns: { placed: string[]; kept: string[]; open: string[]; watched: string[] };
  uses: { model_id: string; dep: string }[];
  models: Model[];
  modelPlaces: { model_id: string; pid: string; name: string }[];
  modelNames: { name: string; project_id: string; versions: number }[];
  modelVersions: { name: string; version: number; model_id: string }[];
  operations: Operation[];
  runs: Run[];
  open: { id: string; deadline: number }[];
  kept: { pk: string; state: string; try: number; code?: number; body?: string }[];
  /** Keys of items that no reader of this version takes. */
  unreadable: string[];
}

export interface Finding {
  invariant: number;
  what: string;
}

/** What is wrong in a survey: nothing, in a sound installation. */
export function findings(survey: Survey): Finding[] {
  const unreadable = survey.unreadable.map((key) => `${key} cannot be read`);
  return [unreadable, ...invariants.map((holds) => [...holds(survey)])].flatMap((found, invariant) =>
    found.map((what) => ({ invariant, what })),
  );
}

/** In the order of their numbers, from 1. Each yields what contradicts it. */
const invariants: readonly ((survey: Survey) => Iterable<string>)[] = [
  pointer,
  sequence,
  totals,
  lives,
  versions,
  links,
  openOperations,
  keptAnswers,
];

function* pointer({ projects, deployments }: Survey) {
  for (const { id, prod } of projects) {
    const live = deployments.filter((d) => d.project_id === id && d.stage === 'production');
    if (live.length > 1) yield `project ${id} has ${live.length} productions`;
    if ((live[0]?.id ?? null) !== prod)
      yield `project ${id} points to another deployment than is in production`;
    if (live.some((d) => d.life !== 'active' && d.life !== 'stopped'))
      yield `production ${prod} does not live`;
  }
}

function* sequence({ projects, events }: Survey) {
  for (const { id, seq } of projects) {
    const numbers = events.filter((e) => e.project_id === id).map((e) => e.seq);
    if (!contiguous(numbers, seq)) yield `project ${id} is at ${seq} and has ${numbers.length} events`;
  }
}

function* totals({ projects, deployments, externals }: Survey) {
  for (const { id, total } of projects)
    for (const kind of ['online', 'batch', 'external'] as const) {
      const all = [...deployments, ...externals];
      const found = all.filter((d) => d.project_id === id && d.kind === kind).length;
      if (found !== total[kind])
        yield `project ${id} counts ${total[kind]} ${kind} deployments and has ${found}`;
    }
}

function* lives({ deployments, externals, history, places }: Survey) {
  const placed = new Map(places.map((place) => [place.dep, place]));
  for (const d of [...deployments, ...externals]) {
    const place = placed.get(d.id);
    if (place?.pid !== d.project_id || place.kind !== d.kind)
      yield `deployment ${d.id} is not found by its id`;
    const entries = history.get(d.id) ?? [];
    if (
      !contiguous(
        entries.map(({ n }) => n),
        d.h,
      )
    )
      yield `deployment ${d.id} has a gap in its history`;
    const last = entries.at(-1);
    if (last?.life !== d.life || last.stage !== d.stage || last.message !== d.status_message)
      yield `deployment ${d.id} is not what its history ends with`;
    // The life of what runs elsewhere follows what is reported of it, in any order.
    if (d.kind !== 'external') yield* steps(d as Deployment, entries);
  }
}

function* steps({ id, rolled_back_from }: Deployment, entries: readonly HistoryEntry[]) {
  const [first, ...rest] = entries;
  const born = rolled_back_from === undefined ? 'pending' : 'active';
  if (first?.life !== born) yield `deployment ${id} began as ${first?.life}`;
  let before = first;
  for (const entry of rest) {
    if (before && before.life !== entry.life && !follows[before.life].includes(entry.life))
      yield `deployment ${id} became ${entry.life} after ${before.life}`;
    before = entry;
  }
}

function* openOperations({ operations, runs, open, batchRuns }: Survey) {
  const watched = new Set(batchRuns.watched);
  for (const id of batchRuns.open)
    if (!watched.has(id)) yield `batch run ${id} is not over and nobody looks after it`;
  const running = [
    ...operations.filter(({ state }) => state === 'running'),
    ...runs.filter((run) => !isOver(run)),
  ];
  const listed = open.map(({ id, deadline }) => `${id} until ${deadline}`);
  for (const key of difference(
    running.map(({ id, deadline }) => `${id} until ${deadline}`),
    listed,
  ))
    yield `operation ${key} runs and is not open, or is open and does not run`;
}

/** An answer that was kept as done, and an operation that is done, say the same. */
function* keptAnswers({ operations, kept }: Survey) {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const byPlace = new Map(kept.map((one) => [one.pk, one]));
  for (const answer of kept) {
    const operation = byId.get(operationId(answer.pk, answer.try));
    if (operation && contradicts(answer, operation))
      yield `operation ${operation.id} is not what its answer says`;
  }
  for (const operation of operations) {
    const answer = operation.request.repeat && byPlace.get(operation.request.repeat.pk);
    const mine = answer && operationId(answer.pk, answer.try) === operation.id;
    if (mine && operation.state === 'committed' && answer.state !== 'COMPLETED')
      yield `operation ${operation.id} is done and its answer was not kept`;
  }
}

/** A create is answered while it goes on; nothing else is. */
function contradicts({ state, code = 500 }: Survey['kept'][number], operation: Operation): boolean {
  if (state !== 'COMPLETED') return false;
  return code < 300 ? operation.state === 'failed' : code < 500 && operation.state !== 'failed';
}
