import fc from 'fast-check';
import { expect, test } from 'vitest';
import { time } from '../../../domain/fields.ts';
import { minute, play, ruleOf, start, type Verdict } from '../../support/alerts.ts';

const escalating = ruleOf({ escalation_minutes: 90, escalation_severity: 'critical' });
const breach = () => 'breach' as const;

test('breach throughout: it repeats with the cooldown, and from the escalation on at its severity', () => {
  expect(play(escalating, { until: 230, at: breach }).said).toEqual([
    [0, 'firing', 'warning'],
    [60, 'firing', 'warning'],
    [90, 'escalated', 'critical'],
    [150, 'firing', 'critical'],
    [210, 'firing', 'critical'],
  ]);
});

test('flapping does not defeat the cooldown, and an end is told only of what was told', () => {
  // Two clear verdicts in a row close an incident: at 10, 40 and 70.
  const at = (m: number) =>
    m < 9 || (m >= 20 && m < 39) || (m >= 50 && m < 69) ? ('breach' as const) : ('clear' as const);
  expect(play(ruleOf(), { until: 90, at }).said).toEqual([
    [0, 'firing', 'warning'],
    [10, 'resolved', 'recovered'],
    [60, 'firing', 'warning'],
    [70, 'resolved', 'recovered'],
  ]);
});

test('who acknowledges hears no more of it until it ends', () => {
  const at = (m: number) => (m < 199 ? ('breach' as const) : ('clear' as const));
  expect(play(escalating, { until: 230, at, acts: { 30: 'acknowledged' } }).said).toEqual([
    [0, 'firing', 'warning'],
    [200, 'resolved', 'recovered'],
  ]);
});

test('an acknowledgement that is taken back lets what is overdue through: the escalation alone, where both are', () => {
  const acts = { 30: 'acknowledged', 100: 'unacknowledged' } as const;
  expect(play(escalating, { until: 170, at: breach, acts }).said).toEqual([
    [0, 'firing', 'warning'],
    [100, 'escalated', 'critical'],
    [160, 'firing', 'critical'],
  ]);
});

test('what fires in a silence is told when the silence ends', () => {
  const rule = ruleOf({ silenced_until: time(start + 120 * minute) });
  const at = (m: number) => (m >= 10 ? ('breach' as const) : ('clear' as const));
  expect(play(rule, { until: 170, at }).said).toEqual([[120, 'firing', 'warning']]);
});

test('a day without a verdict ends an incident, and nothing repeats meanwhile', () => {
  const at = (m: number) => (m <= 20 ? ('breach' as const) : ('no_data' as const));
  const { said, watch } = play(ruleOf(), { until: 1500, at });
  expect(said).toEqual([
    [0, 'firing', 'warning'],
    [1460, 'resolved', 'no_data'],
  ]);
  expect(watch).toMatchObject({ state: 'no_data', incident: null, recent: [] });
});

test('a disabled rule sends nothing; what was told is ended all the same', () => {
  const { watch } = play(ruleOf(), { until: 5, at: breach });
  expect(play(ruleOf({ enabled: false }), { until: 200, at: breach }).said).toEqual([]);
  expect(watch.incident?.told).toBe(true);
});

test('time alone brings overdue repeats and escalations, from what was found last', () => {
  const at = (m: number) => (m === 0 ? ('breach' as const) : undefined);
  expect(play(escalating, { until: 95, at }).said).toEqual([
    [0, 'firing', 'warning'],
    [60, 'firing', 'warning'],
    [90, 'escalated', 'critical'],
  ]);
});

const verdict = fc.constantFrom<Verdict | undefined>('breach', 'clear', 'insufficient', 'no_data', undefined);
// Runs of one verdict: single ones alone would seldom let anything last.
const verdicts = fc
  .array(fc.tuple(verdict, fc.integer({ min: 1, max: 15 })), { minLength: 10, maxLength: 30 })
  .map((runs) => runs.flatMap(([one, times]) => Array<Verdict | undefined>(times).fill(one)));
const rules = fc
  .record({
    cooldown_minutes: fc.integer({ min: 1, max: 60 }),
    breaches: fc.integer({ min: 1, max: 3 }),
    escalation_minutes: fc.option(fc.integer({ min: 1, max: 120 })),
  })
  .map(({ breaches, escalation_minutes, cooldown_minutes }) =>
    ruleOf({
      for: { breaches, of: 5 },
      cooldown_minutes,
      escalation_minutes,
      escalation_severity: escalation_minutes === null ? null : 'critical',
    }),
  );

type Played = ReturnType<typeof play>;

/** Minutes between a message of a severity and the one before, but for escalations. */
const gaps = ({ said }: Played, severity: string) => {
  const those = said.filter(([, , one]) => one === severity);
  return those.slice(1).flatMap(([m, type], i) => (type === 'firing' ? [m - (those[i]?.[0] ?? 0)] : []));
};

/** Of each incident that closed by itself: how often its end was told, and how often anything before it. */
function ends({ steps }: Played) {
  const told = steps.flatMap(({ messages }) => messages);
  const closed = steps.flatMap(({ incident }) => (incident?.closed_at ? [incident.id] : []));
  const count = (of: string, end: boolean) =>
    told.filter(({ type, alert }) => alert.id === of && (type === 'alert.resolved') === end).length;
  return closed.map((one) => ({ resolved: count(one, true), before: count(one, false) }));
}

test('whatever is found: one message of a severity in a cooldown but for the escalation, and one end of each that was told', () => {
  const seen = { resolved: 0, unsaid: 0 };
  fc.assert(
    fc.property(rules, verdicts, (rule, all) => {
      const played = play(rule, { until: all.length - 1, at: (m) => all[m] });
      for (const severity of ['warning', 'critical'])
        expect(Math.min(...gaps(played, severity))).toBeGreaterThanOrEqual(rule.cooldown_minutes);
      for (const { resolved, before } of ends(played)) {
        expect(resolved).toBe(Math.min(before, 1));
        seen[resolved > 0 ? 'resolved' : 'unsaid']++;
      }
      const escalated = played.steps
        .flatMap(({ messages }) => messages)
        .filter(({ type }) => type === 'alert.escalated')
        .map(({ alert }) => alert.id);
      expect(new Set(escalated).size).toBe(escalated.length);
    }),
    { numRuns: 300 },
  );
  expect(Math.min(seen.resolved, seen.unsaid)).toBeGreaterThan(5);
});

test('whatever is found, between an acknowledgement and its end nothing is said but that it is over', () => {
  fc.assert(
    fc.property(rules, verdicts, fc.integer({ min: 1, max: 60 }), (rule, all, m) => {
      const { said, steps } = play(rule, {
        until: all.length - 1,
        at: (i) => all[i],
        acts: { [m]: 'acknowledged' },
      });
      const acknowledged = steps.findLast(({ incident }) => incident?.acknowledged_at)?.incident;
      fc.pre(acknowledged !== undefined);
      const closing = steps.findIndex(
        ({ incident }) => incident?.id === acknowledged?.id && incident?.closed_at,
      );
      const during = said.filter(([i]) => i >= m && (closing === -1 || i <= closing));
      expect(during.filter(([, type]) => type !== 'resolved')).toEqual([]);
    }),
  );
});
