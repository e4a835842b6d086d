import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slackFault, webhookFault } from '../../../domain/alerts/urls.ts';

test.each([
  'https://example.com',
  'https://example.com:443/a?b=c#d',
  'https://sub.example.co.uk/hook/@me?mail=a@b',
  'https://xn--bcher-kva.example/',
  'https://bücher.example/',
  'https://1.2.3.4.example.com/',
  'https://example.com./',
])('%s may be a webhook', (url) => {
  expect(webhookFault(url)).toBeUndefined();
});

const address = 'The host must be a name and not an address';
const user = 'The URL must hold no user information';
const character = 'The URL holds a character that no URL holds';
test.each([
  ['http://example.com', 'The URL must begin with https'],
  ['ftp://example.com', 'The URL must begin with https'],
  ['javascript:alert(1)', 'The URL must begin with https'],
  ['https://example.com:8443/', 'The port must be 443'],
  ['https://example.com:80/', 'The port must be 443'],
  ['https://user@example.com/', user],
  ['https://user:password@example.com/', user],
  ['https://@example.com/', user],
  ['https://:@example.com/', user],
  ['https://127.0.0.1/', address],
  ['https://169.254.169.254/latest/meta-data', address],
  ['https://0x7f000001/', address],
  ['https://2130706433/', address],
  ['https://0177.0.0.1/', address],
  ['https://127.1/', address],
  ['https://1.1.1.1./', address],
  ['https://１２７.０.０.１/', address],
  ['https://[::1]/', address],
  ['https://[::ffff:169.254.169.254]/', address],
  ['https://localhost/', 'The host must be a full name'],
  ['https://localhost./', 'The host must be a full name'],
  ['https:///', 'Not a URL'],
  ['example.com', 'Not a URL'],
  ['', 'Not a URL'],
  [' https://example.com', character],
  ['https://exa\tmple.com', character],
  ['https://example.com/\r\nHost: a', character],
  ['https:\\\\example.com', character],
  ['https://example.com\\@127.0.0.1/', character],
])('%j may be none', (url, why) => {
  expect(webhookFault(url)).toBe(why);
});

test.each([
  ['https://hooks.slack.com/services/T/B/x', undefined],
  ['https://HOOKS.slack.com/services/T/B/x', undefined],
  ['https://hooks.slack-gov.com/services/T/B/x', undefined],
  ['https://hooks.slack.com.example.com/', 'The host must be hooks.slack.com or hooks.slack-gov.com'],
  ['https://hooks.slack.com./', 'The host must be hooks.slack.com or hooks.slack-gov.com'],
  ['https://slack.com/', 'The host must be hooks.slack.com or hooks.slack-gov.com'],
  ['http://hooks.slack.com/', 'The URL must begin with https'],
])('%s as an incoming webhook of Slack: %s', (url, why) => {
  expect(slackFault(url)).toBe(why);
});

test('whatever is written, what may be a webhook is read as https, at a name, at port 443 and with nobody in it', () => {
  const part = fc.constantFrom(
    ...['https:', '//', '/', '\\', '@', ':', '443', '80', '127.0.0.1', '1', '.', '0x7f', 'example', 'com'],
    ...['[::1]', '%2f', '%40', '?', '#', 'ａ', '。', '\u00ad', ' ', '\t'],
  );
  const url = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
  let allowed = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        url,
        url.map((rest) => `https://${rest}`),
        url.map((rest) => `https://a.example${rest}`),
      ),
      (text) => {
        if (webhookFault(text) !== undefined) return;
        allowed++;
        const { protocol, port, username, password, hostname } = new URL(text);
        expect([protocol, port, username, password]).toEqual(['https:', '', '', '']);
        expect(hostname).toMatch(/^[^[\]:]*\.[^[\]:]*$/);
        expect(hostname).not.toMatch(/^[\d.]+$/);
      },
    ),
    { numRuns: 5_000 },
  );
  expect(allowed).toBeGreaterThan(50);
});
