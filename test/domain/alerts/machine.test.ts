import fc from 'fast-check';
import { expect, test } from 'vitest';
import { close, isFresh, remarked, step } from '../../../domain/alerts/machine.ts';
import type { Rule } from '../../../domain/alerts/rule.ts';
import { newWatch, type Watch, type WatchState } from '../../../domain/alerts/watch.ts';
import { deploymentId, found, minute, play, ruleOf, start, type Verdict } from '../../support/alerts.ts';

const id = '00000000-0000-4000-8000-00000000000a';
const twoOfThree = ruleOf({ for: { breaches: 2, of: 3 } });
const at = start + 1000 * minute;

/** A watch in a state, that has just been looked at. */
function inState(state: WatchState, says: Partial<Watch> = {}): Watch {
  const fresh = { ...newWatch(twoOfThree, deploymentId, at - minute), rev: 3, state };
  if (state !== 'firing' && state !== 'recovering') return { ...fresh, ...says };
  const script = { until: 1, at: () => 'breach' as const };
  const { incident } = play(ruleOf({ for: { breaches: 2, of: 3 } }), script).watch;
  return { ...fresh, recent: ['breach', 'breach'], incident: incident && { ...incident, state }, ...says };
}

const quiet: WatchState[] = ['ok', 'insufficient', 'no_data'];
type Row = [WatchState, Partial<Watch>, Verdict | undefined, WatchState];
const breached: Partial<Watch> = { recent: ['breach'] };
const longAgo = { data_at: at - 1440 * minute, verdict_at: at - 1440 * minute };
const table: Row[] = [
  ...quiet.flatMap((from): Row[] => [
    [from, {}, 'breach', 'pending'],
    [from, breached, 'breach', 'firing'],
    [from, {}, 'clear', 'ok'],
    [from, breached, 'clear', 'ok'],
    [from, {}, 'insufficient', 'insufficient'],
    [from, {}, 'no_data', from],
    [from, longAgo, 'no_data', 'no_data'],
    [from, {}, undefined, from],
  ]),
  ['pending', {}, 'breach', 'pending'],
  ['pending', breached, 'breach', 'firing'],
  ['pending', { recent: ['breach', 'clear'] }, 'breach', 'firing'],
  ['pending', { recent: ['breach', 'clear', 'clear'] }, 'breach', 'pending'],
  ['pending', breached, 'clear', 'pending'],
  ['pending', { recent: ['breach', 'clear', 'clear'] }, 'clear', 'ok'],
  ['pending', breached, 'insufficient', 'insufficient'],
  ['pending', breached, 'no_data', 'pending'],
  ['pending', { ...breached, ...longAgo }, 'no_data', 'no_data'],
  ['firing', {}, 'breach', 'firing'],
  ['firing', {}, 'clear', 'recovering'],
  ['firing', {}, 'insufficient', 'firing'],
  ['firing', {}, 'no_data', 'firing'],
  ['firing', longAgo, 'no_data', 'no_data'],
  ['firing', { verdict_at: longAgo.verdict_at }, 'insufficient', 'no_data'],
  ['recovering', {}, 'breach', 'firing'],
  ['recovering', {}, 'clear', 'ok'],
  ['recovering', {}, 'insufficient', 'recovering'],
  ['recovering', {}, 'no_data', 'recovering'],
  ['recovering', longAgo, undefined, 'no_data'],
];

test.each(table)('%s with %j, found %s, becomes %s', (from, says, verdict, to) => {
  const watch = inState(from, says);
  const next = step(twoOfThree, watch, verdict && found(verdict, at), at, id);
  expect(next.watch.state).toBe(to);
  const isOpen = to === 'firing' || to === 'recovering';
  expect(next.watch.incident === null).toBe(!isOpen);
  const moved = next.transitions.filter((one) => one.from !== one.to).map((one) => [one.from, one.to]);
  expect(moved).toEqual(from === to ? [] : [[from, to]]);
  if (watch.incident && !isOpen)
    expect(next.incident).toMatchObject({
      ...{ id: watch.incident.id, state: 'resolved', rev: watch.incident.rev + 1 },
      closed_by: to === 'no_data' ? 'no_data' : 'recovered',
    });
});

test('the table names every state and every outcome', () => {
  const states = ['ok', 'insufficient', 'no_data', 'pending', 'firing', 'recovering'];
  const verdicts = ['breach', 'clear', 'insufficient', 'no_data'];
  const missing = states.flatMap((state) =>
    verdicts.filter((verdict) => !table.some(([from, , found]) => from === state && found === verdict)),
  );
  expect(missing).toEqual([]);
});

test('an incident keeps what it was decided from, and its history counts on', () => {
  const { steps } = play(ruleOf(), {
    until: 3,
    at: (m) => (m === 0 ? 'breach' : m === 2 ? 'breach' : 'clear'),
  });
  const [opened, recovering, again] = steps;
  expect(opened?.incident).toMatchObject({
    ...{ value: 9, n: 100, threshold: 5, severity: 'warning', state: 'firing', h: 1, rev: 1, told: true },
    firing_since: '2026-01-01T00:00:00Z',
    window: { from: '2025-12-31T23:50:00Z', to: '2026-01-01T00:00:00Z' },
  });
  expect(opened?.transitions).toEqual([
    {
      ...{ at: '2026-01-01T00:00:00Z', from: 'ok', to: 'firing', value: 9, threshold: 5, n: 100 },
      ...{ window: opened?.incident?.window, reason: 'breach' },
    },
  ]);
  expect(recovering?.incident).toMatchObject({ state: 'recovering', value: 1, h: 2, rev: 2 });
  expect(again?.incident).toMatchObject({ id: opened?.incident?.id, state: 'firing', h: 3, rev: 3 });
});

test('the same minute counts once, however often it is evaluated', () => {
  const first = step(twoOfThree, inState('ok'), found('breach', at), at, id);
  expect(first.watch.state).toBe('pending');
  const twice = step(twoOfThree, first.watch, found('breach', at), at, id);
  expect(twice.watch).toBe(first.watch);
  expect(step(twoOfThree, first.watch, found('breach', at), at + minute, id).watch.state).toBe('firing');
});

test('where a rule is well nothing is written but once an hour', () => {
  const { steps } = play(ruleOf(), { until: 600, at: () => 'clear' });
  let before: Watch | undefined;
  const writes = steps.filter(({ watch }) => {
    const isNew = before === undefined || watch.verdict_at !== before.verdict_at;
    before = watch;
    return isNew;
  });
  expect(writes.length).toBe(11);
});

test('what is well from the start is written once: only so a day without data can be told', () => {
  const fresh = newWatch(ruleOf(), deploymentId, at);
  const next = step(ruleOf(), fresh, found('clear', at), at, id);
  expect([next.watch === fresh, next.watch.state]).toEqual([false, 'ok']);
});

test('an incident escalates once, and to nothing that it is already, whatever becomes of the rule', () => {
  const info = ruleOf({ severity: 'info', escalation_minutes: 5, escalation_severity: 'warning' });
  const { watch } = play(info, { until: 6, at: () => 'breach' });
  expect(watch.incident).toMatchObject({ severity: 'warning', escalated_at: '2026-01-01T00:05:00Z' });
  const types = (rule: Rule, from: Watch) =>
    step(rule, from, found('breach', at), at, id).messages.map(({ type }) => type);
  expect(types({ ...info, escalation_severity: 'critical' }, watch)).toEqual(['alert.firing']);
  const lower = play(ruleOf(), { until: 6, at: () => 'breach' }).watch;
  expect(types(info, lower)).toEqual(['alert.firing']);
});

test('features are named in the message of the breach, and not in that of its end', () => {
  const breach = found('breach', at, { features: ['hour', 'amount'] });
  const opened = step(ruleOf(), inState('ok'), breach, at, id);
  expect(opened.messages.map(({ features }) => features)).toEqual([['hour', 'amount']]);
  const clear = step(ruleOf(), opened.watch, found('clear', at + minute), at + minute, id);
  const closed = step(ruleOf(), clear.watch, found('clear', at + 2 * minute), at + 2 * minute, id);
  expect(closed.messages.map(({ type, features }) => [type, features])).toEqual([
    ['alert.resolved', undefined],
  ]);
});

test('another edition of the rule begins anew: what is open closes without a message, the cooldown stays', () => {
  const { watch } = play(ruleOf(), { until: 3, at: () => 'breach' });
  const edited = ruleOf({ edition: 2, rev: 2 });
  const next = step(edited, watch, found('breach', at), at, id);
  expect(next).toMatchObject({
    incident: { closed_by: 'rule_changed', state: 'resolved' },
    messages: [],
    watch: { state: 'ok', incident: null, recent: [], edition: 2, cooling: { warning: start } },
  });
  const pending = { ...inState('pending', { recent: ['breach'] }), edition: 1 };
  expect(step(edited, pending, found('clear', at), at, id).watch).toMatchObject({ state: 'ok', edition: 2 });
});

test('an archived deployment closes its incident without a message, and a watch that is well stays as it is', () => {
  const { watch } = play(ruleOf(), { until: 3, at: () => 'breach' });
  const closed = close(ruleOf(), watch, 'archived', at);
  expect(closed).toMatchObject({ incident: { closed_by: 'archived' }, messages: [], watch: { state: 'ok' } });
  expect(close(ruleOf(), closed.watch, 'archived', at).watch).toBe(closed.watch);
});

test('what was pending at a deployment that is left behind is forgotten', () => {
  const pending = inState('pending', { recent: ['breach'] });
  const left = close(twoOfThree, pending, 'archived', at);
  expect(left).toMatchObject({ transitions: [], messages: [], watch: { state: 'ok', recent: [], rev: 3 } });
  expect([isFresh(pending), isFresh(left.watch)]).toEqual([false, true]);
});

test('what people do to an incident is history and no message', () => {
  const { watch } = play(ruleOf(), { until: 3, at: () => 'breach' });
  if (!watch.incident) throw new Error('nothing fires');
  const done = remarked({ ...watch, incident: watch.incident }, { reason: 'silenced', actor: 'key:7' }, at);
  expect(done).toMatchObject({ messages: [], incident: { h: 2, rev: 2 } });
  expect(done.transitions).toMatchObject([
    { from: 'firing', to: 'firing', reason: 'silenced', actor: 'key:7' },
  ]);
});

test('the history of an incident is whole: as many transitions as it counts, each where the one before ended', () => {
  const verdicts = fc.array(fc.constantFrom<Verdict>('breach', 'clear', 'insufficient', 'no_data'), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(verdicts, fc.integer({ min: 1, max: 3 }), (all, breaches) => {
      const rule = ruleOf({
        for: { breaches, of: 3 },
        escalation_minutes: 5,
        escalation_severity: 'critical',
      });
      const { steps } = play(rule, { until: all.length - 1, at: (m) => all[m] });
      let [state, counted, rev]: [string, number, number] = ['ok', 0, 0];
      for (const { transitions, incident } of steps) {
        for (const one of transitions) {
          expect(one.from).toBe(state);
          state = one.to;
        }
        if (!incident) continue;
        counted += transitions.length;
        expect([incident.h, incident.rev]).toEqual([counted, ++rev]);
        if (incident.closed_at) [counted, rev] = [0, 0];
      }
    }),
  );
});
