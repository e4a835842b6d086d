import * as z from 'zod';
import { AlertState } from '../domain/alerts/alert.ts';
import { Severity } from '../domain/alerts/rule.ts';
import { Id, text } from '../domain/fields.ts';
import { ChangedRule, NewRule } from './alertFields.ts';
import { Alert, AlertHistoryEntry, AlertRule } from './alertShapes.ts';
import { route } from './route.ts';
import { limit, offset, ok, page } from './shapes.ts';

const shared = { group: 'alerts', dialect: 'mlops' } as const;
const ofProject = '/api/mlops/projects/{project_id}';
const one = '/api/mlops/alert-rules/{rule_id}';
const rule_id = Id;
const alert_id = Id;

const written = z.object({ rule: AlertRule, warnings: z.array(z.string()) });

export const createAlertRule = route({
  ...shared,
  id: 'createAlertRule',
  scope: 'write',
  method: 'POST',
  path: `${ofProject}/alert-rules`,
  summary: 'Watch a metric of a deployment, or of whichever is in production',
  params: z.object({ project_id: Id }),
  body: NewRule,
  repeatable: true,
  status: 201,
  returns: written.extend({ id: Id, rule_id }),
});

export const listAlertRules = route({
  ...shared,
  id: 'listAlertRules',
  scope: 'read',
  method: 'GET',
  path: `${ofProject}/alert-rules`,
  summary: 'Alert rules of a project, newest first',
  params: z.object({ project_id: Id }),
  query: z.object({ limit: limit(), offset: offset(), deployment_id: Id.optional() }),
  status: 200,
  returns: page(AlertRule),
});

export const getAlertRule = route({
  ...shared,
  id: 'getAlertRule',
  scope: 'read',
  method: 'GET',
  path: one,
  summary: 'One alert rule',
  params: z.object({ rule_id }),
  status: 200,
  returns: z.object({ rule: AlertRule }),
});

export const updateAlertRule = route({
  ...shared,
  id: 'updateAlertRule',
  scope: 'write',
  method: 'PATCH',
  path: one,
  summary:
    'Change an alert rule; where it then watches something else, its open alert closes without a message',
  params: z.object({ rule_id }),
  body: ChangedRule,
  repeatable: true,
  status: 200,
  returns: written,
});

export const deleteAlertRule = route({
  ...shared,
  id: 'deleteAlertRule',
  scope: 'write',
  method: 'DELETE',
  path: one,
  summary: 'Remove an alert rule; its open alert closes without a message',
  params: z.object({ rule_id }),
  repeatable: true,
  status: 200,
  returns: ok,
});

export const listAlerts = route({
  ...shared,
  id: 'listAlerts',
  scope: 'read',
  method: 'GET',
  path: `${ofProject}/alerts`,
  summary: 'Alerts of a project, newest first',
  params: z.object({ project_id: Id }),
  query: z.object({
    limit: limit(),
    offset: offset(),
    state: AlertState.optional(),
    severity: Severity.optional(),
    deployment_id: Id.optional(),
    rule_id: rule_id.optional(),
  }),
  status: 200,
  returns: page(Alert),
});

export const getAlert = route({
  ...shared,
  id: 'getAlert',
  scope: 'read',
  method: 'GET',
  path: '/api/mlops/alerts/{alert_id}',
  summary: 'One alert with its history',
  params: z.object({ alert_id }),
  status: 200,
  returns: z.object({ alert: Alert, history: z.array(AlertHistoryEntry) }),
});

const acknowledgement = '/api/mlops/alerts/{alert_id}/ack';

export const acknowledgeAlert = route({
  ...shared,
  id: 'acknowledgeAlert',
  scope: 'write',
  method: 'POST',
  path: acknowledgement,
  summary: 'Say that somebody looks after an alert: no more repeats, no escalation',
  params: z.object({ alert_id }),
  body: z.object({ note: text(0, 1000).nullable().optional() }),
  bodyOr: {},
  repeatable: true,
  status: 200,
  returns: ok,
});

export const unacknowledgeAlert = route({
  ...shared,
  id: 'unacknowledgeAlert',
  scope: 'write',
  method: 'DELETE',
  path: acknowledgement,
  summary: 'Take an acknowledgement back',
  params: z.object({ alert_id }),
  repeatable: true,
  status: 200,
  returns: ok,
});
