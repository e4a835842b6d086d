import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsOf, type Hostile, openHostile } from './support/refused.ts';

let wire: Hostile;
let rules: string;
beforeAll(async () => {
  wire = await openHostile();
  const { project_id } = await wire.ready();
  rules = `/api/mlops/projects/${project_id}/alert-rules`;
});
afterAll(() => wire.silent());

const rule = (channel: object) => ({
  ...{ name: 'Drift', metric: 'drift_psi', operator: 'gt', threshold: 0.2, severity: 'warning' },
  channels: [channel],
});
const refused = async (channel: object) =>
  faultsOf(await wire.refused(422, 'POST', rules, { body: rule(channel) }));

test.each([
  ['H47', 'http://169.254.169.254/latest/meta-data/'],
  ['H47', 'http://169.254.170.2/v2/credentials'],
  ['H47', 'https://169.254.169.254/'],
  ['H48', 'http://127.0.0.1:9001/2018-06-01/runtime/invocation/next'],
  ['H49', 'https://2130706433/'],
  ['H49', 'https://0x7f.1/'],
  ['H49', 'https://0177.0.0.1/'],
  ['H49', 'https://127.1/'],
  ['H49', 'https://1.1.1.1./'],
  ['H49', 'https://１２７.0.0.1/'],
  ['H50', 'https://[::1]/'],
  ['H50', 'https://[::ffff:127.0.0.1]/'],
  ['H50', 'https://[64:ff9b::7f00:1]/'],
  ['H50', 'https://[fe80::1%25eth0]/'],
  ['H54', 'https://user:pass@hooks.slack.com@evil.example/'],
  ['H54', 'https://hooks.slack.com.evil.example/'],
  ['H54', 'https://hooks.slack.com\\@evil.example/'],
  ['H54', 'https://hooks.slack.com:8443/services/x'],
  ['H55', 'file:///etc/passwd'],
  ['H55', 'gopher://hooks.slack.com/'],
  ['H55', 'ftp://hooks.slack.com/'],
  ['H55', 'data:text/plain,x'],
  ['H55', 'javascript:alert(1)'],
  ['H57', 'https://hooks.slack.com/a\r\nHost: b'],
  ['H57', ' https://hooks.slack.com/'],
])('%s: %j is no address of Slack, and nothing is kept', async (_, webhook_url) => {
  expect(await refused({ type: 'slack', config: { webhook_url } })).toEqual([
    'value_error body.channels.0.config.webhook_url',
  ]);
  // A webhook may have another host; all else holds for it too.
  if (webhook_url.startsWith('https://hooks.slack.com.evil')) return;
  expect(await refused({ type: 'webhook', config: { url: webhook_url } })).toEqual([
    'value_error body.channels.0.config.url',
  ]);
});

test('H57: a recipient of mail that holds a header of its own is none', async () => {
  for (const to of ['a@example.com\r\nBcc: b@example.com', 'a@example.com,b@example.com', '<a@example.com>'])
    expect(await refused({ type: 'email', config: { to: [to] } })).toEqual([
      'string_pattern_mismatch body.channels.0.config.to.0',
    ]);
});
