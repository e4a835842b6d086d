import { expect, test } from 'vitest';
import { openAlerts } from './support/alertRules.ts';
import { onEngine } from './support/onEngine.ts';

test('a rule and its alerts live on the engine of the local stack as they do here', async ({ skip }) => {
  const alerts = await openAlerts();
  const engine = await onEngine(alerts);
  if (!engine) return skip('the engine does not run on this machine');
  try {
    const rule = await alerts.made({ threshold: 1e300, escalation_minutes: 2 });
    const verdicts = ['breach', 'breach', 'breach', 'clear', 'clear', 'breach'] as const;
    expect(await alerts.find(rule, [...verdicts], { times: 2 })).toEqual([1, 1, 1, 1, 1, 1]);
    const { items } = await alerts.alerts(`?rule_id=${rule}`);
    expect(
      items.map(({ state, severity, threshold }: Record<string, unknown>) => [state, severity, threshold]),
    ).toEqual([
      ['firing', 'warning', 1e300],
      ['resolved', 'critical', 1e300],
    ]);
    expect((await alerts.ack(items[0].id, 'POST', { headers: { 'if-match': '"1"' } })).status).toBe(200);
    const { history } = (await alerts.alert(items[1].id)).body;
    expect(history.map(({ reason }: { reason: string }) => reason)).toEqual([
      ...['breach', 'escalated', 'clear', 'recovered'],
    ]);
    const stored = await engine.items('control');
    const deliveries = stored.filter(({ pk }) => pk?.S?.startsWith('DELIVERY#'));
    expect(deliveries.length).toBe(3);
    expect((await alerts.rule(rule, 'PATCH', { body: { name: 'other' } })).body.rule.state).toBe('firing');
    expect((await alerts.rule(rule, 'DELETE', { headers: { 'if-match': '"2"' } })).status).toBe(200);
    expect((await alerts.alert(items[0].id)).body.alert).toMatchObject({ closed_by: 'rule_changed' });
    const left = (await engine.items('control')).filter(({ pk }) =>
      /^(?:RULES$|RUL#|RULE#)/.test(pk?.S ?? ''),
    );
    expect(left.map(({ sk }) => sk?.S?.slice(0, 2))).not.toContain('W#');
  } finally {
    await engine.stop();
  }
});
