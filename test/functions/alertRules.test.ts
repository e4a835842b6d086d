import { beforeAll, describe, expect, test } from 'vitest';
import * as secrets from '../../adapters/aws/secrets.ts';
import { type Alerts, openAlerts } from './support/alertRules.ts';
import { noId } from './support/wire.ts';

let alerts: Alerts;
beforeAll(async () => {
  alerts = await openAlerts();
});

const slack = 'https://hooks.slack.com/services/T0/B0/abcdWXYZ';
const three = [
  { type: 'email', config: { to: ['a@example.com', 'b@example.com'] } },
  { type: 'slack', config: { webhook_url: slack } },
  { type: 'webhook', config: { url: 'https://example.com/hook' } },
];

describe('create', () => {
  test('answers the rule with every key; the secret of a webhook whole, this once', async () => {
    const { deployment_id, project_id } = alerts;
    const { status, body } = await alerts.create({ channels: three, for: undefined, bogus: 1 });
    expect(status).toBe(201);
    const secret = expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const id = expect.any(String);
    expect(body).toEqual({
      id: body.rule.id,
      rule_id: body.rule.id,
      rule: {
        ...{ id: body.rule.id, rule_id: body.rule.id, project_id, name: 'rule', deployment_id },
        ...{ metric: 'error_rate', params: {}, operator: 'gt', threshold: 5, severity: 'warning' },
        ...{ window_minutes: null, min_samples: null, for: null },
        channels: [
          { id, ...three[0] },
          { id, type: 'slack', config: { webhook_url: '…WXYZ' } },
          { id, type: 'webhook', config: { url: 'https://example.com/hook', secret } },
        ],
        ...{ cooldown_minutes: 60, escalation_minutes: null, escalation_severity: null },
        ...{ enabled: true, silenced_until: null, state: 'ok' },
        ...{ created_at: expect.any(String), updated_at: body.rule.created_at },
      },
      warnings: ['No sender of e-mail is configured here: what this rule sends by e-mail fails'],
    });
    const [, , made] = body.rule.channels;
    expect(await secrets.read(`webhooks/${made.id}`)).toBe(made.config.secret);
    const read = await alerts.rule(body.id);
    const hidden = { url: made.config.url, secret: `whsec_…${made.config.secret.slice(-4)}` };
    const channels = [...body.rule.channels.slice(0, 2), { ...made, config: hidden }];
    expect([read.status, read.headers.etag]).toEqual([200, '"1"']);
    expect(read.body).toEqual({ rule: { ...body.rule, channels } });
    expect(alerts.kept()).not.toContain(made.config.secret);
  });

  test('repeated under its key it makes one rule, and tells the secret no second time', async () => {
    const headers = { 'idempotency-key': 'rule once' };
    const first = await alerts.create({ name: 'once' }, { headers });
    const again = await alerts.create({ name: 'once' }, { headers });
    expect([again.status, again.body.id]).toEqual([201, first.body.id]);
    const secretOf = ({ body }: typeof first) => body.rule.channels[0].config.secret;
    expect(secretOf(again)).toBe(`whsec_…${secretOf(first).slice(-4)}`);
  });

  test.each([
    ['>', 'gt'],
    ['<', 'lt'],
    ['>=', 'gte'],
    ['<=', 'lte'],
    ['==', 'eq'],
    ['!=', 'neq'],
  ])('reads the symbol %s as %s', async (operator, word) => {
    const { body } = await alerts.create({ operator });
    expect(body.rule.operator).toBe(word);
    expect(body.warnings.length).toBe(word.startsWith('g') ? 0 : 1);
  });

  test('minutes of an escalation alone mean the next severity up', async () => {
    const { body } = await alerts.create({ severity: 'info', escalation_minutes: 30 });
    expect([body.rule.escalation_minutes, body.rule.escalation_severity]).toEqual([30, 'warning']);
  });

  test('keeps numbers that a table could not, and times of any zone', async () => {
    const { body } = await alerts.create({ threshold: 1e300, silenced_until: '2030-01-01T02:00:00+02:00' });
    expect((await alerts.rule(body.id)).body.rule).toMatchObject({
      threshold: 1e300,
      silenced_until: '2030-01-01T00:00:00Z',
    });
  });

  const webhook = (url: unknown) => ({ channels: [{ type: 'webhook', config: { url } }] });
  const atUrl = ['channels', 0, 'config', 'url'];
  const toSlack = (webhook_url: string) => ({ channels: [{ type: 'slack', config: { webhook_url } }] });
  const mail = (to: unknown) => ({ channels: [{ type: 'email', config: { to } }] });
  const at = (field: string) => [field];
  const rows: [more: object, loc: (string | number)[], type: string, msg?: string][] = [
    [{ metric: 'psi' }, at('metric'), 'literal_error'],
    [{ operator: '=>' }, at('operator'), 'literal_error'],
    [{ severity: 'fatal' }, at('severity'), 'literal_error'],
    [{ threshold: 'high' }, at('threshold'), 'float_parsing'],
    [{ threshold: null }, at('threshold'), 'float_type'],
    [{ name: '' }, at('name'), 'string_too_short'],
    [{ cooldown_minutes: 0 }, at('cooldown_minutes'), 'greater_than_equal'],
    [{ cooldown_minutes: 1441 }, at('cooldown_minutes'), 'less_than_equal'],
    [{ window_minutes: 2.5 }, at('window_minutes'), 'int_from_float'],
    [{ silenced_until: '2030-01-01T00:00:00' }, at('silenced_until'), 'timezone_aware'],
    [{ for: { breaches: 3, of: 2 } }, ['for', 'breaches'], 'value_error', 'Must be at most `of`'],
    [{ for: { of: 2 } }, ['for', 'breaches'], 'missing'],
    [{ params: { feature: 'hour' } }, ['params', 'feature'], 'value_error', 'Only drift_psi has it'],
    [
      { metric: 'drift_psi', params: { only: 'server' } },
      ['params', 'only'],
      'value_error',
      'Only error_rate has it',
    ],
    [{ params: { only: 'client' } }, ['params', 'only'], 'literal_error'],
    [{ params: { of: 'volume' } }, ['params', 'of'], 'value_error', 'Only prediction_anomaly has it'],
    [
      { escalation_severity: 'critical' },
      at('escalation_severity'),
      'value_error',
      'Needs escalation_minutes',
    ],
    [
      { escalation_minutes: 5, escalation_severity: 'warning' },
      at('escalation_severity'),
      'value_error',
      'Must be above severity, which is warning',
    ],
    [
      { severity: 'critical', escalation_minutes: 5 },
      at('escalation_minutes'),
      'value_error',
      'A critical rule has nothing to escalate to',
    ],
    [{ escalation_minutes: 5, escalation_severity: 'info' }, at('escalation_severity'), 'literal_error'],
    [{ channels: [] }, at('channels'), 'too_short'],
    [{ channels: Array(11).fill(three[0]) }, at('channels'), 'too_long'],
    [{ channels: [three[0], three[0]] }, ['channels', 1], 'value_error', 'The channel is there twice'],
    [{ channels: [{ type: 'sms', config: {} }] }, ['channels', 0, 'type'], 'literal_error'],
    [{ channels: [{ config: {} }] }, ['channels', 0, 'type'], 'missing'],
    [mail([]), ['channels', 0, 'config', 'to'], 'too_short'],
    [mail(Array(21).fill('a@b.example')), ['channels', 0, 'config', 'to'], 'too_long'],
    [mail(['nobody']), ['channels', 0, 'config', 'to', 0], 'string_pattern_mismatch'],
    [
      mail(['a@b.example\r\nBcc: c@d.example']),
      ['channels', 0, 'config', 'to', 0],
      'string_pattern_mismatch',
    ],
    [webhook('http://example.com'), atUrl, 'value_error', 'The URL must begin with https'],
    [webhook('https://127.0.0.1/x'), atUrl, 'value_error', 'The host must be a name and not an address'],
    [webhook(7), atUrl, 'string_type'],
    [
      toSlack('https://example.com/services'),
      ['channels', 0, 'config', 'webhook_url'],
      'value_error',
      'The host must be hooks.slack.com or hooks.slack-gov.com',
    ],
    [toSlack('…WXYZ'), ['channels', 0, 'config', 'webhook_url'], 'value_error', 'Not a URL'],
  ];
  test.each(rows)('of %j is refused at %j as %s', async (more, loc, type, msg) => {
    const before = alerts.kept();
    const { status, body } = await alerts.create(more);
    expect([status, body.detail]).toMatchObject([422, [{ type, loc: ['body', ...loc] }]]);
    if (msg) expect(body.detail[0].msg).toBe(`Value error, ${msg}`);
    expect(alerts.kept()).toBe(before);
  });

  test('names all that is missing at once', async () => {
    const { body } = await alerts.send('POST', `${alerts.base}/alert-rules`, { body: {} });
    expect(body.detail.map(({ loc }: { loc: string[] }) => loc[1])).toEqual([
      ...['name', 'metric', 'operator', 'threshold', 'severity', 'channels'],
    ]);
  });

  test('of an unknown project, and of a deployment of another, is not found', async () => {
    const nowhere = await alerts.send('POST', `/api/mlops/projects/${noId}/alert-rules`, {
      body: alerts.body,
    });
    expect([nowhere.status, nowhere.body]).toEqual([404, { detail: 'Project not found' }]);
    const other = await alerts.ready();
    const foreign = await alerts.deploy(other.project_id, other.model_id);
    for (const deployment_id of [noId, foreign]) {
      const { status, body } = await alerts.create({ deployment_id });
      expect([status, body]).toEqual([404, { detail: 'Deployment not found' }]);
    }
  });

  test.each([
    [{ operator: 'eq' }, /^eq and neq compare/],
    [{ operator: 'lt' }, /lt and lte fire while all is well$/],
    [{ threshold: 0.05 }, /below one percent$/],
    [{ threshold: 100 }, /never passed$/],
    [{ metric: 'drift_psi', threshold: 0.25, window_minutes: 60 }, /^window_minutes has no effect/],
    [{ metric: 'model_staleness', threshold: 30, min_samples: 1 }, /no effect on model_staleness$/],
    [
      { metric: 'prediction_anomaly', threshold: 3, params: { of: 'volume' }, window_minutes: 60 },
      /no effect on the volume of requests$/,
    ],
  ])('of %j is accepted with a warning', async (more, says) => {
    const { status, body } = await alerts.create(more);
    expect([status, body.warnings]).toEqual([201, [expect.stringMatching(says)]]);
  });
});

describe('list', () => {
  test('is newest first, by deployment where one is named, and has pages', async () => {
    const { project_id, model_id } = await alerts.ready();
    const path = `/api/mlops/projects/${project_id}/alert-rules`;
    const deployment_id = await alerts.deploy(project_id, model_id);
    const ids: string[] = [];
    for (const more of [{ deployment_id }, { deployment_id: null }, { deployment_id }])
      ids.unshift((await alerts.send('POST', path, { body: { ...alerts.body, ...more } })).body.id);
    const list = async (query: string) => {
      const { body } = await alerts.send('GET', path + query);
      return { ...body, items: body.items.map(({ id }: { id: string }) => id) };
    };
    expect(await list('')).toEqual({ items: ids, total: 3, limit: 50, offset: 0 });
    expect(await list('?limit=1&offset=1')).toEqual({ items: [ids[1]], total: 3, limit: 1, offset: 1 });
    expect((await list(`?deployment_id=${deployment_id}`)).items).toEqual([ids[0], ids[2]]);
    expect((await list('?offset=9')).items).toEqual([]);
    expect((await alerts.send('GET', `${path}?limit=501`)).status).toBe(422);
  });
});

test.each(['GET', 'PATCH', 'DELETE'])(
  '%s of an unknown rule is not found, and of a foreign one just so',
  async (method) => {
    const key = await alerts.keyWith({ project_ids: [noId] });
    const id = await alerts.made();
    const before = alerts.kept();
    const sent = method === 'PATCH' ? { body: { name: 'x' } } : {};
    const unknown = await alerts.rule(noId, method, sent);
    const foreign = await alerts.rule(id, method, { ...sent, key });
    for (const { status, body } of [unknown, foreign])
      expect([status, body]).toEqual([404, { detail: 'Alert rule not found' }]);
    expect(alerts.kept()).toBe(before);
  },
);

test.each(['PATCH', 'DELETE'])('%s under an earlier revision changes nothing', async (method) => {
  const id = await alerts.made();
  const sent = method === 'PATCH' ? { body: { name: 'x' } } : {};
  const { status, body } = await alerts.rule(id, method, { ...sent, headers: { 'if-match': '"7"' } });
  expect([status, body]).toEqual([412, { detail: 'The object has changed' }]);
  expect((await alerts.rule(id, method, { ...sent, headers: { 'if-match': '"1"' } })).status).toBe(200);
});
