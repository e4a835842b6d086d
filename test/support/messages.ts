import type { Message } from '../../domain/alerts/delivery.ts';

const id = '01980000-0000-7000-8000-000000000001';

/** An alert that fires, as it is sent. */
export const message = (
  alert: Partial<Message['alert']> = {},
  {
    type = 'alert.firing',
    rule = 'Drift',
    deployment = 'fraud-detector',
    features = ['age', 'amount'],
  }: { type?: Message['type']; rule?: string; deployment?: string; features?: string[] } = {},
): Message => ({
  type,
  timestamp: '2026-07-01T00:00:00Z',
  alert: {
    ...{ id, alert_id: id, rule_id: id, deployment_id: id, metric: 'drift_psi', params: {} },
    ...{ operator: 'gte', threshold: 0.25, value: 0.31, n: 4500, severity: 'critical', state: 'firing' },
    window: { from: '2026-06-30T00:00:00Z', to: '2026-07-01T00:00:00Z' },
    firing_since: '2026-07-01T00:00:00Z',
    ...{ escalated_at: null, acknowledged_at: null, acknowledged_by: null, closed_at: null, closed_by: null },
    ...alert,
  },
  rule: { id, name: rule },
  deployment: { id, name: deployment, stage: 'production' },
  features,
});
