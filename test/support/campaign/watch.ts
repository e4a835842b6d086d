import { plainItem } from '../../../adapters/aws/attributes.ts';
import { at } from '../../../adapters/items.ts';
import type { Clock } from '../clock.ts';
import type { Step } from '../engine.ts';
import type { Table } from '../table.ts';
import { Broken } from './model.ts';

export type Plain = Record<string, unknown>;
export const plainItems = (table: Table, name: string): Plain[] =>
  table.items(name).map((item) => plainItem(item as Parameters<typeof plainItem>[0]));

/** What holds at every instant, looked at after each step that may have changed it; and when which number was reached. */
export type Watch = {
  afterStep(step: Step): void;
  /** The number of steps so far. */
  step: number;
  /** The project's sequence number after each step. */
  readonly seqAt: number[];
  /** The logical time at which a number was first seen. */
  readonly since: Map<number, number>;
  /** The step in which whoever wrote a number was answered: until then a reader of many may see what was before. */
  readonly answered: Map<number, number>;
};

export function watch(table: Table, clock: Clock, project: string): Watch {
  const seq = () =>
    Number(table.peek('control', { pk: { S: at.project(project).pk }, sk: { S: 'STATE' } })?.seq?.N);
  const first = seq();
  const writing = new Map<number, number>();
  const watching: Watch = {
    step: 0,
    seqAt: [first],
    since: new Map([[first, clock.now()]]),
    answered: new Map(),
    afterStep: ({ number, actor, what }) => {
      const last = watching.seqAt.at(-1) ?? first;
      const applied = what === 'TransactWriteItems applied';
      const now = applied ? seq() : last;
      watching.step = number;
      watching.seqAt[number] = now;
      if (applied) assertWhole(plainItems(table, 'control'), project);
      if (now < last || now > last + 1) throw new Broken(`the sequence went from ${last} to ${now}`);
      answer(actor, number, what);
      if (now === last) return;
      watching.since.set(now, clock.now());
      writing.set(actor, now);
    },
  };
  const answer = (actor: number, step: number, what: string) => {
    const mine = writing.get(actor);
    if (mine === undefined || !/^TransactWriteItems|^killed/.test(what)) return;
    watching.answered.set(mine, step);
    writing.delete(actor);
  };
  return watching;
}

/** The earliest state that a reader of many may still be shown after a step. */
export function earliest({ seqAt, answered }: Watch, step: number): number {
  let seq = seqAt[step] ?? 0;
  const [first = 0] = seqAt;
  for (let one = seq; one > first; one--)
    if ((answered.get(one) ?? Number.POSITIVE_INFINITY) > step) seq = one - 1;
  return seq;
}

const count = (items: readonly Plain[], pk: string, prefix: string) =>
  items.filter((item) => item.pk === pk && String(item.sk).startsWith(prefix)).length;

function assertWhole(items: readonly Plain[], project: string): void {
  const { pk } = at.project(project);
  const state = items.find((item) => item.pk === pk && item.sk === 'STATE') ?? {};
  const rows = items.filter((item) => item.pk === pk && String(item.sk).startsWith('D#'));
  const live = rows.filter(({ stage }) => stage === 'production').map(({ id }) => id);
  if (live.length > 1) throw new Broken(`${live.length} productions`);
  if ((live[0] ?? null) !== state.prod)
    throw new Broken('the pointer names another one than is in production');
  if (state.seq !== count(items, pk, 'E#')) throw new Broken('the sequence is not the number of events');
  for (const { id, h } of rows)
    if (h !== count(items, at.deploymentPlace(String(id)).pk, 'H#')) throw new Broken('a history has a gap');
}
