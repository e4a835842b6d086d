import * as z from 'zod';
import { Id, Time } from '../domain/fields.ts';
import { NewRule } from './alertFields.ts';
import { route } from './route.ts';
import { nothing } from './shapes.ts';

const shared = { group: 'alerts', dialect: 'mlops', scope: 'read', method: 'POST' } as const;

const Backtest = z
  .object({
    would_have_fired: z.int().describe('Incidents that would have opened'),
    deployment_id: Id.nullable().describe('Whose figures they are; null where nothing is in production'),
    from: Time.describe('Seven days before `to`, or when the deployment was made'),
    to: Time,
    evaluations: z.int(),
    incidents: z
      .array(
        z.object({
          from: Time,
          to: Time.nullable().describe('null: it would still be open'),
          value: z.number().nullable().describe('What it would have opened with'),
          n: z.int(),
        }),
      )
      .describe('Newest first, at most a hundred'),
    partial: z
      .array(z.string())
      .optional()
      .describe('In what the figures that are kept tell less than the evaluator saw'),
  })
  .meta({ id: 'AlertBacktest' });

export const backtestAlertRule = route({
  ...shared,
  id: 'backtestAlertRule',
  path: '/api/mlops/alert-rules/{rule_id}/backtest',
  summary: 'What an alert rule would have done in the last seven days, by the figures that are kept',
  params: z.object({ rule_id: Id }),
  body: nothing,
  bodyOr: {},
  status: 200,
  returns: Backtest,
});

export const backtestNewAlertRule = route({
  ...shared,
  id: 'backtestNewAlertRule',
  path: '/api/mlops/projects/{project_id}/alert-rules/backtest',
  summary: 'The same for a rule that is not saved: nothing is kept, and nobody is told',
  params: z.object({ project_id: Id }),
  body: NewRule,
  status: 200,
  returns: Backtest,
});
