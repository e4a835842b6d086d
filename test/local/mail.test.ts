import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { mail } from '../../adapters/outbound/mail.ts';
import { type Services, startServices } from '../../local/services.ts';
import { scratch } from './support/s3.ts';

let place: ReturnType<typeof scratch>;
let services: Services;
beforeAll(async () => {
  place = scratch();
  const nothing = { machines: {}, invoke: async () => undefined, publish: () => {} };
  services = await startServices({ ...nothing, home: place.folder });
});
afterAll(async () => {
  await services.stop();
  place[Symbol.dispose]();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const message = { subject: '[critical] fraud', text: 'what happened', html: '<p>what happened</p>' };
const send = (to: string[]) => {
  vi.stubEnv('AWS_ENDPOINT_URL_SESV2', services.url);
  vi.stubEnv('ALERT_SENDER', 'alerts@example.com');
  return mail(to, message, 'one');
};

test('mail is kept as a file that nobody else can read, and a line tells of it without what it says', async () => {
  const lines = vi.spyOn(console, 'log').mockImplementation(() => {});
  expect(await send(['ops@example.com', 'ml@example.com'])).toMatchObject({ status: 200 });
  const folder = join(place.folder, 'mail');
  const [file = '', ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  expect(JSON.parse(readFileSync(join(folder, file), 'utf8'))).toMatchObject({
    from: 'alerts@example.com',
    to: ['ops@example.com', 'ml@example.com'],
    Simple: {
      Subject: { Data: '[critical] fraud' },
      Body: { Text: { Data: 'what happened' } },
      Headers: [{ Name: 'X-Slipway-Delivery', Value: 'one' }],
    },
  });
  expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  expect(lines.mock.calls.flat()).toEqual([expect.stringMatching(/^mail: 1 message to 2 recipient/)]);
  expect(JSON.stringify(lines.mock.calls)).not.toMatch(/happened|fraud|example\.com/);
});

test('mail to nobody is refused as SES refuses it', async () => {
  expect(await send([])).toMatchObject({ status: 400 });
});

test('a service that does not answer is no delivery', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_SESV2', 'http://127.0.0.1:9');
  vi.stubEnv('ALERT_SENDER', 'alerts@example.com');
  expect(await mail(['ops@example.com'], message, 'one')).toEqual({ status: null, error: 'no_connection' });
});
