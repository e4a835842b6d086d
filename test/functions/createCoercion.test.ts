import { beforeAll, describe, expect, test } from 'vitest';
import { noId, openWire, type Wire } from './support/wire.ts';

let wire: Wire;
let path: string;
let good: Record<string, unknown>;
beforeAll(async () => {
  wire = await openWire();
  const { project_id, model_id } = await wire.ready();
  path = `/api/mlops/projects/${project_id}/deployments`;
  good = { model_id, name: 'fraud', stage: 'staging' };
});

describe('what is accepted although it is spelled otherwise', () => {
  const accepted: [sent: object, stored: object][] = [
    [{ traffic_percent: '50' }, { traffic_percent: 50 }],
    [{ traffic_percent: '50.0' }, { traffic_percent: 50 }],
    [{ traffic_percent: ' 5_0 ' }, { traffic_percent: 50 }],
    [{ traffic_percent: 1e2 }, { traffic_percent: 100 }],
    [{ traffic_percent: true }, { traffic_percent: 1 }],
    [{}, { traffic_percent: 100 }],
    [{ retention_days: '7' }, { retention_days: 7 }],
    [{ privacy_threshold: '0.5' }, { privacy_threshold: 0.5 }],
    [{ privacy_threshold: '.5e-1' }, { privacy_threshold: 0.05 }],
    [{ privacy_threshold: true }, { privacy_threshold: 1 }],
    [{ privacy_anonymize_logs: 'YES' }, { privacy_anonymize_logs: true }],
    [{ privacy_anonymize_logs: 0 }, { privacy_anonymize_logs: false }],
    [{ privacy_anonymize_response: 'off' }, { privacy_anonymize_response: false }],
    [{ privacy_policy_id: null }, { privacy_policy_id: null }],
    [{ privacy_column_map: { age: 'none' } }, { privacy_column_map: { age: 'none' } }],
    [{ drift: {} }, { drift: { window_hours: 168 } }],
    [{ drift: { ignore: ['a'] } }, { drift: { window_hours: 168, ignore: ['a'] } }],
    [{ name: 'é'.repeat(255) }, { name: 'é'.repeat(255) }],
    [{ name: '😀'.repeat(255) }, { name: '😀'.repeat(255) }],
    [{ name: 'Ünïcode a b' }, { name: 'Ünïcode a b' }],
    [{ is_active: false, status: 'failed', rev: 9, project_id: noId, unknown: 1 }, {}],
  ];
  test.each(accepted)('%j is stored as %j', async (sent, stored) => {
    const got = await wire.send('POST', path, { body: { ...good, ...sent } });
    expect(got.status).toBe(201);
    const { body } = await wire.send('GET', `/api/mlops/deployments/${got.body.id}`);
    expect(body.deployment.config).toEqual({ name: 'fraud', traffic_percent: 100, ...stored });
    expect(body.deployment).toMatchObject({ is_active: true, status: 'active' });
  });

  test('an id in capitals means the same, and is answered in small letters', async () => {
    const model_id = String(good.model_id).toUpperCase();
    const got = await wire.send(
      'POST',
      path
        .toUpperCase()
        .replace(/^.*PROJECTS/, '/api/mlops/projects')
        .replace('DEPLOYMENTS', 'deployments'),
      { body: { ...good, model_id } },
    );
    expect(got.status).toBe(201);
    const { body } = await wire.send('GET', `/api/mlops/deployments/${got.body.id.toUpperCase()}`);
    expect(body.deployment).toMatchObject({ id: got.body.id, model_id: good.model_id });
  });
});
