import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mailOf, slackBody, webhookBody } from '../../../domain/alerts/messages.ts';
import { message } from '../../support/messages.ts';

test('a mail says in its subject how bad it is, where, and what was measured', () => {
  const { subject, text, html } = mailOf([message()], 'https://console.example.com/?a=1&b=2');
  expect(subject).toBe('[critical] fraud-detector: drift_psi 0.31 ≥ 0.25');
  expect(text).toBe(
    [
      '[critical] fraud-detector (production): drift_psi 0.31 ≥ 0.25',
      'Firing since 2026-07-01T00:00:00Z.',
      'Rule: Drift. Measured: 4500 from 2026-06-30T00:00:00Z to 2026-07-01T00:00:00Z.',
      'Features, worst first: age, amount',
      '',
      'https://console.example.com/?a=1&b=2',
    ].join('\n'),
  );
  expect(html).toContain('<a href="https://console.example.com/?a=1&amp;b=2">');
});

test('of several the subject names the worst and how many more there are; all are in the body', () => {
  const mild = message({ severity: 'info' }, { deployment: 'mild-one' });
  const { subject, text } = mailOf([mild, message(), mild]);
  expect(subject).toBe('[critical] fraud-detector: drift_psi 0.31 ≥ 0.25 (and 2 more)');
  expect(text.match(/^\[info\] mild-one/gm)).toHaveLength(2);
});

test.each([
  [
    'alert.resolved',
    { closed_at: '2026-07-01T01:00:00Z', closed_by: 'no_data' },
    '[resolved] fraud-detector',
  ],
  ['alert.test', {}, '[test] fraud-detector'],
  ['alert.escalated', {}, '[critical] fraud-detector'],
] as const)('%s says so', (type, alert, begins) => {
  const { subject, text } = mailOf([message(alert, { type })]);
  expect(subject.startsWith(begins)).toBe(true);
  expect(text).toMatch(/nothing was measured for a day|nothing has happened|Escalated/);
});

test('people read times in whole seconds', () => {
  const { text } = mailOf([message({ firing_since: '2026-07-01T00:00:00.123000Z' })]);
  expect(text).toContain('Firing since 2026-07-01T00:00:00Z.');
});

test('nothing measured is a dash, and a value has four digits', () => {
  expect(mailOf([message({ value: null })]).subject).toContain('drift_psi – ≥ 0.25');
  expect(mailOf([message({ value: 1234.56789 })]).subject).toContain('drift_psi 1235 ≥ 0.25');
  expect(mailOf([message({ value: 0.000123456, threshold: 1e300 })]).subject).toContain('0.0001235 ≥ 1e+300');
});

test('Slack gets its own characters escaped, so that no name can call a channel', () => {
  const body = slackBody([message({}, { rule: '<!channel> & <https://evil.example|click>' })]);
  const { text } = JSON.parse(body);
  expect(text).toContain('Rule: &lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;.');
  expect(text).not.toMatch(/[<>]/);
});

test('Slack gets 3,000 characters at most, whole messages, and is told how many are missing', () => {
  const many = Array.from({ length: 40 }, (_, i) => message({}, { rule: `rule ${i}` }));
  const { text } = JSON.parse(slackBody(many, 'https://console.example.com'));
  expect(text.length).toBeLessThanOrEqual(3_000);
  const shown = text.match(/Rule: /g).length;
  expect(text).toContain(`… and ${40 - shown} more`);
  expect(text.endsWith('<https://console.example.com|Open the console>')).toBe(true);
});

test('a webhook gets what is documented, and features beside it', () => {
  const { type, timestamp, alert, rule, deployment, features } = message();
  expect(JSON.parse(webhookBody(message()))).toEqual({
    ...{ type, timestamp },
    data: { alert, rule, deployment, features },
  });
});

describe('whatever names hold', () => {
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 255 });
  const hostile = fc
    .tuple(name, name, fc.array(name, { maxLength: 10 }))
    .map(([rule, deployment, features]) => message({}, { rule, deployment, features }));

  test('no header of a mail is broken, no tag gets into its HTML, and no message is too long', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 8 }), (messages) => {
        const { subject, html } = mailOf(messages);
        expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(subject.length).toBeLessThan(300);
        expect(html.replaceAll(/<\/?(?:html|body|p)>|<br>|<!doctype html>/g, '')).not.toMatch(/[<>]/);
        const { text } = JSON.parse(slackBody(messages));
        expect(text.length).toBeLessThanOrEqual(3_000);
        expect(text.isWellFormed()).toBe(true);
      }),
    );
  });

  test('an event stays under 20 KB', () => {
    const long = 'ü'.repeat(255);
    const huge = message(
      {},
      { rule: long, deployment: long, features: Array(10).fill('\u0000'.repeat(4_000)) },
    );
    expect(Buffer.byteLength(webhookBody(huge))).toBeLessThan(20_000);
    expect(JSON.parse(webhookBody(huge)).data.rule.name).toBe(long);
  });
});
