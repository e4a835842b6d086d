import type { Case, Wrong } from './answers.ts';
import type { State } from './model.ts';
import { earliest } from './watch.ts';

/** What is wrong with the answer of a request that only looks. */
export function contradicted(one: Case): Wrong {
  switch (one.entry.deed.kind) {
    case 'predict':
      return predicted(one);
    case 'get':
      return one.during.some((state) => shows(one.reply.body.deployment, state))
        ? undefined
        : 'it was never so';
    default:
      return listed(one);
  }
}

type Shown = { id: string; stage: string; status: string; is_active: boolean };
const shows = (d: Shown, { rows }: State) => {
  const row = rows.get(d.id);
  const fails = (row?.life === 'failed') === (d.status === 'failed');
  return row?.stage === d.stage && (row.life === 'active') === d.is_active && fails;
};

/** One production wherever there was one throughout, and rows of one state; of several only where a change was unanswered. */
function listed({ entry, reply, told, watch, during }: Case): Wrong {
  const { items, total } = reply.body as { items: Shown[]; total: number };
  const live = items.filter(({ stage }) => stage === 'production').length;
  if (live > 1 || (live === 0 && during.every(({ prod }) => prod !== null)))
    return `it shows ${live} productions`;
  if (total !== items.length) return `it counts ${total}`;
  const since = [...told.states]
    .filter(([seq]) => seq >= earliest(watch, entry.from))
    .map(([, state]) => state);
  const before = since.slice(0, since.indexOf(during[0] as State));
  const possible = [...before, ...during];
  const whole = (state: State) => items.length === state.rows.size && items.every((d) => shows(d, state));
  const mixed = before.length > 0 && items.every((d) => possible.some((state) => shows(d, state)));
  return mixed || possible.some(whole) ? undefined : 'it was never so';
}

/** What serves is known for five seconds at most: an answer may be as old as that, and not older. */
function predicted({ entry, reply, told: { states }, watch }: Case): Wrong {
  const { deed, began, from, to = from } = entry;
  const seqs = [...states.keys()].sort((a, b) => a - b);
  const last = watch.seqAt[Math.min(to, watch.seqAt.length - 1)] ?? 0;
  const current = (seq: number, i: number) => {
    const until = watch.since.get(seqs[i + 1] ?? -1) ?? Number.POSITIVE_INFINITY;
    return seq <= last && until >= began - 5_000;
  };
  const lives = seqs.filter(current).map((seq) => states.get(seq)?.rows.get(deed.of)?.life);
  const wrong = reply.status === 200 ? !lives.includes('active') : lives.every((life) => life === 'active');
  return wrong ? `it was ${lives.join(', ')}` : undefined;
}
