import { createHmac, createPublicKey, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { part, signingKey } from '../support/issuer.ts';
import { mark } from './support/refused.ts';
import { as, now, openTokens, type Tokens } from './support/tokens.ts';

let tokens: Tokens;
beforeAll(async () => {
  tokens = await openTokens();
});
afterAll(() => tokens.close());

test('H8: no algorithm is none, however it is spelled', async () => {
  for (const alg of ['none', 'nOnE', 'None', '', null, 5]) {
    await tokens.denied(tokens.issuer.token(as('admin'), { alg }));
    await tokens.denied(`${part({ alg, kid: 'first' })}.${part(tokens.issuer.claims(as('admin')))}.`);
    await tokens.denied(`${part({ alg, kid: 'first' })}.${part(tokens.issuer.claims(as('admin')))}.AA`);
  }
});

test('H9: a public key is no secret', async () => {
  const text = `${part({ alg: 'HS256', kid: 'rsa', typ: 'at+jwt' })}.${part(tokens.issuer.claims(as('admin')))}`;
  const key = createPublicKey({ key: tokens.rsa.jwk, format: 'jwk' });
  for (const secret of [key.export({ type: 'spki', format: 'pem' }), JSON.stringify(tokens.rsa.jwk)])
    await tokens.denied(`${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`);
});

test('H10: the key that an attacker brings along is not asked for', async () => {
  const own = signingKey('evil');
  tokens.issuer.state.asked.length = 0;
  // Long enough after the last time for keys to be asked for again.
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + 20_000);
  for (const header of [
    { jku: 'https://evil.example.com/keys' },
    { x5u: 'https://evil.example.com/cert' },
    { jwk: own.jwk },
    { kid: 'first', jwk: own.jwk },
    { crit: ['b64'], b64: false },
  ]) {
    await tokens.denied(tokens.issuer.token(as('admin'), header, own));
    await tokens.denied(tokens.issuer.token(as('admin'), header));
  }
  await tokens.denied(tokens.issuer.token({ ...as('admin'), iss: 'https://evil.example.com' }, {}, own));
  expect(tokens.issuer.state.asked).toEqual([]);
  await tokens.denied(tokens.issuer.token(as('admin'), { kid: 'first' }, own));
  vi.useRealTimers();
});

test('H11: a strange name of a key is a name, and asks for keys once in ten seconds', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + 20_000);
  tokens.issuer.state.asked.length = 0;
  for (const kid of [
    '../../dev/null',
    "' OR 1=1",
    '__proto__',
    'x'.repeat(8_000),
    mark,
    null,
    5,
    ['first'],
    { a: 1 },
  ])
    await tokens.denied(tokens.issuer.token(as('admin'), { kid }));
  await tokens.denied(tokens.issuer.token(as('admin'), { kid: 'x'.repeat(1_000_000) }));
  expect(tokens.issuer.state.asked.filter((url) => url === tokens.issuer.jwks_uri)).toHaveLength(1);
  vi.useRealTimers();
});

describe('H12: times', () => {
  test.each([
    ['its end is 61 seconds ago', () => ({ exp: now() - 61 })],
    ['it begins in 61 seconds', () => ({ nbf: now() + 62 })],
    ['its end is a text', () => ({ exp: String(now() + 600) })],
    ['its end is before all time', () => ({ exp: -1 })],
    ['it has no end', () => ({ exp: undefined })],
    ['it has no beginning', () => ({ iat: undefined })],
    ['it is nobody’s', () => ({ sub: undefined })],
  ])('a token is refused when %s', async (_, more) => {
    await tokens.denied(tokens.issuer.token({ ...as('admin'), ...more() }));
  });

  test('a token is refused when its end is beyond all numbers', async () => {
    const claims = JSON.stringify(tokens.issuer.claims({ ...as('admin'), exp: 0 })).replace(
      '"exp":0',
      '"exp":1e400',
    );
    const text = `${part({ alg: 'RS256', kid: 'rsa' })}.${Buffer.from(claims).toString('base64url')}`;
    await tokens.denied(
      `${text}.${sign('sha256', Buffer.from(text), tokens.rsa.secret).toString('base64url')}`,
    );
  });

  test('a token that is remembered ends when it says so', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const token = tokens.issuer.token({ ...as('analyst'), exp: now() - 50 });
    expect((await tokens.ask(token)).status).toBe(200);
    vi.setSystemTime(Date.now() + 11_000);
    await tokens.denied(token);
    vi.useRealTimers();
  });
});
