import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { secretsAt, signatures } from '../../../domain/alerts/signature.ts';

const golden = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
};

test('the published example of Standard Webhooks is signed as published', () => {
  expect(signatures([golden.secret], golden)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

const secret = fc
  .uint8Array({ minLength: 24, maxLength: 64 })
  .map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`);
const message = fc.record({
  id: fc.uuid(),
  timestamp: fc.integer({ min: 1, max: 4_000_000_000 }),
  body: fc.json(),
});

test('what we sign is what the library of Standard Webhooks signs', () => {
  fc.assert(
    fc.property(secret, message, (key, { id, timestamp, body }) => {
      const theirs = new Webhook(key).sign(id, new Date(timestamp * 1000), body);
      expect(signatures([key], { id, timestamp, body })).toBe(theirs);
    }),
  );
});

test('a receiver with either of two secrets takes what is signed with both, and no other does', () => {
  fc.assert(
    fc.property(secret, secret, secret, message, (now, before, other, { id, body }) => {
      fc.pre(new Set([now, before, other]).size === 3);
      const timestamp = Math.floor(Date.now() / 1000);
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signatures([now, before], { id, timestamp, body }),
      };
      const taken = (key: string) => new Webhook(key).verify(body, headers, { jsonParse: false });
      expect(() => taken(now)).not.toThrow();
      expect(() => taken(before)).not.toThrow();
      expect(() => taken(other)).toThrow();
      expect(() => new Webhook(now).verify(`${body} `, headers)).toThrow();
    }),
  );
});

test('H85: a delivery that is replayed more than five minutes later is refused by a receiver that checks its time', () => {
  const timestamp = Math.floor(Date.now() / 1000) - 301;
  const { id, body } = golden;
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures([golden.secret], { id, timestamp, body }),
  };
  expect(() => new Webhook(golden.secret).verify(body, headers)).toThrow('too old');
});

test('the secret before is signed with for a day after the change', () => {
  const held = { current: 'new', previous: 'old', since: 1_000_000 };
  const day = 86_400_000;
  expect(secretsAt(held, held.since)).toEqual(['new', 'old']);
  expect(secretsAt(held, held.since + day - 1)).toEqual(['new', 'old']);
  expect(secretsAt(held, held.since + day)).toEqual(['new']);
  expect(secretsAt({ current: 'only', since: 0 }, 5)).toEqual(['only']);
});
