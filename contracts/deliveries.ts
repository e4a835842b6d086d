import * as z from 'zod';
import { MessageType } from '../domain/alerts/delivery.ts';
import { Id, Time } from '../domain/fields.ts';
import { Channel } from './alertShapes.ts';
import { route } from './route.ts';
import { limit, nothing, offset, page } from './shapes.ts';

const shared = { group: 'alerts', dialect: 'mlops' } as const;
const ofProject = '/api/mlops/projects/{project_id}/deliveries';
const State = z.enum(['pending', 'delivered', 'failed']);

const Delivery = z
  .object({
    id: Id.describe('The `webhook-id` of every try'),
    delivery_id: Id,
    rule_id: Id,
    alert_id: Id,
    type: MessageType,
    channel: Channel,
    state: State,
    attempts: z.int(),
    last_status: z.int().nullable(),
    last_error: z.string().nullable(),
    created_at: Time,
    delivered_at: Time.nullable(),
    next_attempt_at: Time.nullable(),
  })
  .meta({ id: 'AlertDelivery' });

export const testAlertRule = route({
  ...shared,
  id: 'testAlertRule',
  scope: 'write',
  method: 'POST',
  path: '/api/mlops/alert-rules/{rule_id}/test',
  summary: 'Send one message, marked as a test, to every channel of a rule, and say what came of it',
  params: z.object({ rule_id: Id }),
  body: nothing,
  bodyOr: {},
  repeatable: true,
  status: 200,
  returns: z.object({
    ok: z.boolean(),
    results: z.array(
      z.object({
        type: z.string(),
        ok: z.boolean(),
        status: z.int().optional(),
        error: z.string().optional(),
      }),
    ),
  }),
});

export const listDeliveries = route({
  ...shared,
  id: 'listDeliveries',
  scope: 'read',
  method: 'GET',
  path: ofProject,
  summary: 'What alerts sent or are still to send, newest first; `failed` ones can be redriven',
  params: z.object({ project_id: Id }),
  query: z.object({ limit: limit(), offset: offset(), state: State.optional() }),
  status: 200,
  returns: page(Delivery),
});

export const redriveDelivery = route({
  ...shared,
  id: 'redriveDelivery',
  scope: 'write',
  method: 'POST',
  path: `${ofProject}/{delivery_id}/redrive`,
  summary: 'Send a delivery that failed once more from its first try; its id stays the same',
  params: z.object({ project_id: Id, delivery_id: Id }),
  body: nothing,
  bodyOr: {},
  repeatable: true,
  status: 200,
  returns: z.object({ delivery: Delivery }),
});
