import { survey } from '../../../adapters/fsck.ts';
import type { Event } from '../../../domain/change.ts';
import { findings, type Survey } from '../../../domain/invariants.ts';
import type { Operation } from '../../../domain/operation.ts';
import type { Table } from '../table.ts';
import { contradiction, type Entry, type Told } from './answers.ts';
import { writes } from './deeds.ts';
import { Broken, next, type Row, type State } from './model.ts';
import { plainItems, type Watch } from './watch.ts';

/** The states that the project went through, told from its events alone; the tables must end in the last of them. */
export function tell(table: Table, project: string, start: { seq: number; state: State }): Told {
  const found = survey(plainItems(table, 'control'), plainItems(table, 'idempotency'));
  const wrong = findings(found);
  if (wrong.length > 0)
    throw new Broken(wrong.map(({ invariant, what }) => `${invariant}: ${what}`).join('; '));
  const operations = new Map(found.operations.map((operation) => [operation.id, operation]));
  const states = new Map([[start.seq, start.state]]);
  let state = start.state;
  for (const event of found.events.toSorted((a, b) => a.seq - b.seq)) {
    if (event.seq <= start.seq) continue;
    state = next(state, event, stageOf(operations.get(event.op_id)));
    states.set(event.seq, state);
  }
  const last = { prod: found.projects.find(({ id }) => id === project)?.prod ?? null, rows: rowsOf(found) };
  if (!same(last, state)) throw new Broken('the tables are not what the events lead to');
  return { survey: found, states };
}

const stageOf = (operation: Operation | undefined) =>
  operation?.request.kind === 'deploy' ? operation.request.stage : 'production';

export const rowsOf = ({ deployments }: Pick<Survey, 'deployments'>): Map<string, Row> =>
  new Map(deployments.map(({ id, life, stage }) => [id, { life, stage }]));

const same = (a: State, b: State) =>
  a.prod === b.prod &&
  a.rows.size === b.rows.size &&
  [...a.rows].every(([id, row]) => equal(row, b.rows.get(id)));
const equal = (a: Row, b: Row | undefined) => a.life === b?.life && a.stage === b.stage;

/** Hold every answer against the states that were there while it was under way. */
export function judge(entry: Entry, told: Told, watch: Watch, stormy: number): void {
  const { reply, from, to = from } = entry;
  if (!reply) return;
  const [low = 0, high = 0] = [watch.seqAt[from], watch.seqAt[Math.min(to, watch.seqAt.length - 1)]];
  const during = [...told.states].filter(([seq]) => seq >= low && seq <= high).map(([, state]) => state);
  const wrong = contradiction({ entry, reply, told, watch, during, stormy, commits: high - low });
  if (wrong === undefined) return;
  const { kind, of } = entry.deed;
  throw new Broken(`${kind} ${of} answered ${reply.status} ${JSON.stringify(reply.body)}: ${wrong}`);
}

/** No change without a client who was told of it, or who lost his answer. */
export function assertHeard(history: readonly Entry[], events: readonly Event[], since: number): void {
  const heard = ({ deed, reply }: Entry) => reply && reply.status < 500 && deed.key === undefined;
  const unsure = history.filter((entry) => writes(entry.deed.kind) && !heard(entry));
  const told = new Set(
    history.map(({ reply }) => (reply && reply.status < 300 ? reply.headers['x-operation-id'] : undefined)),
  );
  const orphans = new Set(
    events.filter((event) => event.seq > since && !told.has(event.op_id)).map((event) => event.op_id),
  );
  if (orphans.size > unsure.length) throw new Broken(`${orphans.size} changes that nobody asked for`);
}

export function assertSettled({ open, deployments }: Pick<Survey, 'open' | 'deployments'>): void {
  if (open.length > 0) throw new Broken(`${open.length} operations are stuck`);
  const stuck = deployments.filter(({ life }) => life === 'pending' || life === 'deploying');
  if (stuck.length > 0) throw new Broken(`${stuck.length} deployments are stuck`);
}
