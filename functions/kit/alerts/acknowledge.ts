import * as alerts from '../../../adapters/alerts/alerts.ts';
import * as watches from '../../../adapters/alerts/watches.ts';
import { again } from '../../../adapters/aws/again.ts';
import type { Told } from '../../../adapters/outbox.ts';
import type { Alert } from '../../../domain/alerts/alert.ts';
import { remarked } from '../../../domain/alerts/machine.ts';
import type { Answer } from '../../../domain/answer.ts';
import type { Caller } from '../../../domain/apiKey.ts';
import { conflict, stale } from '../../../domain/problem.ts';

interface Given {
  params: { alert_id: string };
  caller: Caller;
  ifMatch?: number;
  answer(body: { ok: true }): Answer;
  told(type: Told['type'], subject: string): Told;
}

/** Somebody looks after an alert, or does so no more; said once and again it is the same. */
export const acknowledge = (given: Given, note?: string | null): Promise<{ ok: true }> =>
  mark(given, 'acknowledged', (told) => ({ acknowledged_at: told.at, acknowledged_by: told.actor }), note);

export const unacknowledge = (given: Given): Promise<{ ok: true }> =>
  mark(given, 'unacknowledged', () => ({ acknowledged_at: null, acknowledged_by: null }));

function mark(
  { params, caller, ifMatch, answer, told: tell }: Given,
  reason: 'acknowledged' | 'unacknowledged',
  to: (told: Told) => Partial<Alert>,
  note?: string | null,
): Promise<{ ok: true }> {
  const body = { ok: true as const };
  return again(async () => {
    const alert = await alerts.load(caller, params.alert_id);
    if (ifMatch !== undefined && ifMatch !== alert.rev) throw stale();
    if (alert.closed_at !== null) throw conflict('Alert is resolved');
    if ((alert.acknowledged_at !== null) === (reason === 'acknowledged')) return body;
    const watch = await watches.get(alert.rule_id, alert.deployment_id);
    if (watch?.incident?.id !== alert.id) return undefined;
    const told = tell(`alert.${reason}`, alert.id);
    const did = { reason, actor: caller.id, to: to(told), ...(note && { note }) };
    const step = remarked({ ...watch, incident: watch.incident }, did, Date.parse(told.at));
    return (await watches.remark(watch, step, told, answer(body))) ? body : undefined;
  });
}
