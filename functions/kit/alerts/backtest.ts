import * as deployments from '../../../adapters/deployments/deployments.ts';
import * as projects from '../../../adapters/projects.ts';
import { day, minute, startOf } from '../../../domain/aggregates/time.ts';
import { replay } from '../../../domain/alerts/backtest.ts';
import type { Span } from '../../../domain/alerts/metrics/verdict.ts';
import type { Rule } from '../../../domain/alerts/rule.ts';
import { time } from '../../../domain/fields.ts';
import { notFound } from '../../../domain/problem.ts';
import { evaluationsOf } from './replays.ts';

const length = 7 * day;

/** What a rule would have done in the last seven days with the deployment that it watches now. */
export async function backtest(rule: Rule, now: number) {
  const to = startOf(minute, now);
  const project = rule.deployment_id === null ? await projects.get(rule.project_id) : undefined;
  const id = rule.deployment_id ?? project?.prod ?? null;
  if (id === null) return { ...nothing({ from: to - length, to }), partial: ['Nothing is in production'] };
  const deployment = await deployments.get(rule.project_id, 'online', id);
  if (!deployment) throw notFound('Deployment');
  const span = { from: Math.max(to - length, startOf(minute, Date.parse(deployment.created_at))), to };
  const { evaluations, notes } = await evaluationsOf(rule, deployment, span);
  const told = project?.prev ? [...notes, 'What was in production before is not looked at'] : notes;
  return {
    deployment_id: id,
    ...times(span),
    ...replay(rule, id, evaluations, span.from),
    ...(told.length > 0 && { partial: told }),
  };
}

const times = ({ from, to }: Span) => ({ from: time(from), to: time(to) });

const nothing = (span: Span) => ({
  ...{ would_have_fired: 0, deployment_id: null, evaluations: 0, incidents: [] },
  ...times(span),
});
