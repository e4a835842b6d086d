import { remarked, type Step, step } from '../../domain/alerts/machine.ts';
import { Rule } from '../../domain/alerts/rule.ts';
import { newWatch, type Outcome, type Watch } from '../../domain/alerts/watch.ts';
import { time } from '../../domain/fields.ts';

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const minute = 60_000;
export const start = Date.UTC(2026, 0, 1);
export const deploymentId = id(2);

/** A rule that one breach is enough for, with whatever a test says of it. */
export const ruleOf = (says: Partial<Rule> = {}): Rule =>
  Rule.parse({
    ...{ id: id(1), project_id: id(3), name: 'rule', deployment_id: deploymentId },
    ...{ metric: 'error_rate', params: {}, operator: 'gt', threshold: 5, severity: 'warning' },
    ...{ window_minutes: null, min_samples: null, for: { breaches: 1, of: 1 } },
    channels: [{ id: id(4), type: 'email', config: { to: ['a@example.com'] } }],
    ...{ cooldown_minutes: 60, escalation_minutes: null, escalation_severity: null },
    ...{ enabled: true, silenced_until: null, rev: 1, edition: 1, opened: 0 },
    ...{ created_by: 'key:1', created_at: time(start), updated_at: time(start) },
    ...says,
  });

export type Verdict = Outcome['verdict'];

/** What an evaluation found at a time, in epoch milliseconds. */
export const found = (verdict: Verdict, at: number, says: Partial<Outcome> = {}): Outcome => ({
  verdict,
  value: verdict === 'breach' ? 9 : verdict === 'clear' ? 1 : null,
  n: verdict === 'no_data' ? 0 : 100,
  window: { from: time(at - 10 * minute), to: time(at) },
  ...says,
});

/** A fake clock of minutes: what is found at each, and what people do before it is looked. */
interface Script {
  until: number;
  /** undefined: nobody looks; time passes alone. */
  at(minute: number): Verdict | undefined;
  acts?: Record<number, 'acknowledged' | 'unacknowledged'>;
}

/** One message as `[minute, type, severity]`; with `closed_by` where it tells of the end. */
type Said = [number, string, string];

export function play(rule: Rule, { until, at, acts = {} }: Script) {
  let watch: Watch = newWatch(rule, deploymentId, start);
  const [said, steps]: [Said[], Step[]] = [[], []];
  for (let m = 0; m <= until; m++) {
    const now = start + m * minute;
    const did = acts[m];
    if (did && watch.incident) watch = marked({ ...watch, incident: watch.incident }, did, now);
    const verdict = at(m);
    const next = step(rule, watch, verdict && found(verdict, now), now, id(1_000 + m));
    for (const { type, alert } of next.messages)
      said.push([m, type.slice(6), alert.closed_by ?? alert.severity]);
    steps.push(next);
    watch = next.watch === watch ? watch : { ...next.watch, rev: watch.rev + 1 };
  }
  return { said, watch, steps };
}

function marked(watch: Parameters<typeof remarked>[0], reason: string, at: number): Watch {
  const is = reason === 'acknowledged';
  const to = { acknowledged_at: is ? time(at) : null, acknowledged_by: is ? 'key:1' : null };
  return remarked(watch, { reason, actor: 'key:1', to }, at).watch;
}
