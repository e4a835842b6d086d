import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Deployment, type HistoryEntry, Life } from '../../../domain/deployment.ts';
import { bornExternal, type Held, isExternal, statusOf } from '../../../domain/workspaces/external.ts';
import { enough, statusHistory } from '../../../domain/workspaces/history.ts';
import { markDeleting, type Reported, report } from '../../../domain/workspaces/report.ts';
import { Status, statusOfLife, words } from '../../../domain/workspaces/words.ts';
import { born, type Step, stepped, steps } from '../../support/statusModel.ts';

const id = '00000000-0000-4000-8000-000000000001';
const by = (n: number) => ({
  actor: 'key:a',
  op_id: id,
  at: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
});
const caller = {
  id: 'key:a',
  kind: 'user',
  scopes: [],
  roles: ['r'],
  projects: null,
  expires: null,
} as const;
const wanted = { id, project_id: id, name: 'a', version: 1, config: 'c', config_version: 1, project: null };
const external = () => bornExternal(wanted, caller, by(0));
const online = (life: Life): Deployment =>
  ({ ...external().made, kind: 'online', life, status: undefined }) as unknown as Deployment;

describe('every life has one word and every word one meaning', () => {
  test('the words of lives are those of the published table', () => {
    expect(statusOfLife).toEqual({
      pending: 'CREATED',
      deploying: 'PENDING',
      active: 'READY',
      failed: 'ERROR',
      stopped: 'DELETING',
      archived: 'DELETED',
    });
  });

  test.each(Life.options)('an external deployment that is %s by its word has that life', (life) => {
    expect(words[statusOfLife[life]].life).toBe(life);
  });

  test('UNKNOWN and LOST leave the life as it was, and are for external deployments alone', () => {
    const apart = Status.options.filter((status) => words[status].life === null);
    expect(apart).toEqual(['UNKNOWN', 'LOST']);
    expect(Status.options.filter((status) => words[status].externalOnly)).toEqual(apart);
    for (const status of apart) {
      const ready = report(external().made, { status: 'READY', status_message: '' }, by(1));
      if (ready.do !== 'write') throw new Error('not written');
      const verdict = report(ready.reported.after, { status, status_message: '' }, by(2));
      expect(verdict).toMatchObject({ do: 'write', reported: { after: { life: 'active', status } } });
    }
  });
});

const every = Life.options.flatMap((life) => Status.options.map((status) => [life, status] as const));
test.each(every)('a report on an online deployment that is %s of %s never moves its life', (life, status) => {
  const before = online(life);
  const verdict = report(before, { status, status_message: 'm' }, by(1));
  if (life === 'stopped' && status !== 'DELETED') expect(verdict.do).toBe('refuse');
  else if (status === 'UNKNOWN' || status === 'LOST')
    expect(verdict).toEqual({ do: 'refuse', why: `Only external deployments can be ${status}` });
  else
    expect(verdict).toMatchObject({
      do: 'write',
      reported: {
        after: { life, reported: status, status_message: 'm', h: 2, rev: 2 },
        event: 'deployment.reported',
      },
    });
});

const pairs = Status.options.flatMap((from) => Status.options.map((to) => [from, to] as const));
test.each(pairs)(
  'from %s to %s: all is allowed but what leaves DELETING without being DELETED',
  (from, to) => {
    const before = { ...external().made, status: from, status_message: '' };
    const verdict = report(before, { status: to, status_message: '' }, by(1));
    const refused = from === 'DELETING' && to !== 'DELETED';
    expect(verdict.do).toBe(refused ? 'refuse' : from === to ? 'nothing' : 'write');
  },
);

/** What one step writes, if anything. */
function written(held: Held, step: Step, n: number): Reported | null {
  if (step === 'delete') return isExternal(held) ? markDeleting(held, by(n)) : null;
  const verdict = report(held, { ...step, status: Status.parse(step.status) }, by(n));
  return verdict.do === 'write' ? verdict.reported : null;
}

/** Carry out steps on a real deployment, entry by entry. */
function played(all: readonly Step[]) {
  const first = external();
  let held: Held = first.made;
  const entries: HistoryEntry[] = [first.entry];
  for (const [i, step] of all.entries()) {
    const change: Reported | null = written(held, step, i + 1);
    if (change) entries.push(change.entry);
    held = change?.after ?? held;
  }
  return { held, entries };
}

test('the history is what a simple model says, however long it is', () => {
  fc.assert(
    fc.property(steps(400), (all) => {
      // What is deleted already is not marked again.
      const kept = all.filter(
        (step, i) => step !== 'delete' || all.slice(0, i).reduce(stepped, born).now.status !== 'DELETED',
      );
      const model = kept.reduce(stepped, born);
      const { held, entries } = played(kept);
      const shown = statusHistory(entries).map(({ timestamp: _, ...line }) => line);
      expect(shown).toEqual(model.lines.slice(-100));
      expect({ status: statusOf(held), status_message: held.status_message }).toEqual(model.now);
      expect(entries.map(({ n }) => n)).toEqual(entries.map((_, i) => i + 1));
      // What is read of a long history tells the same as all of it.
      expect(statusHistory(entries.slice(-enough))).toEqual(statusHistory(entries));
    }),
    { numRuns: 60 },
  );
});

test('the history tells its times in order and the last line is the present, until a deletion', () => {
  fc.assert(
    fc.property(steps(60), (all) => {
      const { held, entries } = played(all.filter((step) => step !== 'delete'));
      const shown = statusHistory(entries);
      const times = shown.map(({ timestamp }) => timestamp);
      expect(times).toEqual(times.toSorted());
      if (entries.length > 1)
        expect([shown.at(-1)?.status, shown.at(-1)?.status_message]).toEqual([
          statusOf(held),
          held.status_message,
        ]);
    }),
  );
});

test('what our own machines do reads through the same function', () => {
  const lives: Life[] = [
    'pending',
    'deploying',
    'active',
    'active',
    'archived',
    'active',
    'stopped',
    'active',
  ];
  const entries = lives.map((life, i) => ({
    ...{ n: i + 1, life, stage: 'staging' as const, message: '' },
    ...{ actor: 'a', op_id: id, at: by(i).at },
  }));
  const shown = statusHistory(entries);
  expect(shown.map(({ status }) => status)).toEqual([
    ...['CREATED', 'PENDING', 'READY', 'DELETED', 'READY', 'DELETING', 'READY'],
  ]);
  expect(shown[0]?.timestamp).toBe(shown[1]?.timestamp);
});
