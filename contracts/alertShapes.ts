import * as z from 'zod';
import { Alert as KeptAlert } from '../domain/alerts/alert.ts';
import { Rule as KeptRule } from '../domain/alerts/rule.ts';
import { WatchState } from '../domain/alerts/watch.ts';
import { Id, Time } from '../domain/fields.ts';

/** A channel as it is shown. */
export const Channel = z
  .discriminatedUnion('type', [
    z.object({ id: Id, type: z.literal('email'), config: z.object({ to: z.array(z.string()) }) }),
    z.object({ id: Id, type: z.literal('slack'), config: z.object({ webhook_url: z.string() }) }),
    z.object({
      id: Id,
      type: z.literal('webhook'),
      config: z.object({
        url: z.string(),
        secret: z.string().describe('Whole in the answer that made it, its last four characters later'),
      }),
    }),
  ])
  .meta({ id: 'AlertChannel' });

export const AlertRule = KeptRule.omit({ rev: true, edition: true, opened: true, created_by: true })
  .extend({ rule_id: Id, channels: z.array(Channel), state: WatchState })
  .meta({ id: 'AlertRule' });

export const Alert = KeptAlert.omit({ project_id: true, told: true, h: true, rev: true })
  .extend({ alert_id: Id })
  .meta({ id: 'Alert' });

export const AlertHistoryEntry = z
  .object({
    at: Time,
    from: WatchState,
    to: WatchState,
    value: z.number().nullable(),
    n: z.int(),
    reason: z.string(),
    actor: z.string().optional(),
    note: z.string().optional(),
  })
  .meta({ id: 'AlertHistoryEntry' });
