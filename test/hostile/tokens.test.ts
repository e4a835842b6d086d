import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { routes } from '../../contracts/routes.ts';
import { authenticate } from '../../functions/kit/http/authenticate.ts';
import { refusal } from '../functions/support/refusals.ts';
import { createIssuer, signed, signingKey } from '../support/issuer.ts';
import { noId } from './support/refused.ts';
import { as, openTokens, type Tokens } from './support/tokens.ts';

let tokens: Tokens;
beforeAll(async () => {
  tokens = await openTokens();
});
afterAll(() => tokens.close());

test('a token lets its bearer do what his roles open, and nothing besides', async () => {
  expect((await tokens.ask(tokens.issuer.token(as('analyst')))).status).toBe(200);
  const got = await tokens.wire.refused(403, 'POST', '/api/projects', {
    key: tokens.issuer.token(as('analyst')),
    body: { name: 'x' },
  });
  expect(got.body).toEqual({ detail: 'Missing scope: write' });
  await tokens.wire.refused(403, 'GET', '/api/projects', { key: tokens.issuer.token(as('nothing')) });
});

test('a scope reaches no project that it was not granted for, whatever other roles reach', async () => {
  const both = tokens.issuer.token(as('analyst', 'owner'));
  const path = `/api/mlops/deployments/${tokens.deployment}`;
  expect((await tokens.ask(both, path)).status).toBe(200);
  await tokens.wire.refused(404, 'POST', `${path}/promote`, { key: both, body: { to_stage: 'production' } });
  const stranger = tokens.issuer.token(as('owner'));
  await tokens.wire.refused(404, 'GET', path, { key: stranger });
  expect((await tokens.ask(stranger)).body.items).toEqual([]);
  expect((await tokens.ask(tokens.issuer.token(as('here')))).body.items).toHaveLength(1);
});

test('H13: a token for somebody else is refused, and one that is for others too', async () => {
  for (const aud of [
    'other',
    ['slipway', 'other'],
    ['other', 'slipway'],
    [],
    undefined,
    'Slipway',
    ['slipway', 5],
  ])
    await tokens.denied(tokens.issuer.token({ ...as('admin'), aud }));
  expect((await tokens.ask(tokens.issuer.token({ ...as('analyst'), aud: ['slipway'] }))).status).toBe(200);
});

test('H14: an ID token is refused', async () => {
  for (const more of [
    { scope: undefined, nonce: 'n', at_hash: 'h' },
    { scope: undefined },
    { token_use: 'id' },
    { typ: 'ID' },
    { typ: 'Refresh' },
    { at_hash: 'h' },
  ])
    await tokens.denied(tokens.issuer.token({ ...as('admin'), ...more }));
});

test('H15: another issuer’s key of the same name is refused', async () => {
  const other = createIssuer('https://login.example.com/realms/other');
  await tokens.denied(signed(signingKey('first'), tokens.issuer.claims(as('admin'))));
  await tokens.denied(other.token(as('admin')));
  await tokens.denied(other.token({ ...as('admin'), iss: tokens.issuer.issuer }));
  for (const iss of [
    `${tokens.issuer.issuer}/`,
    tokens.issuer.issuer.toUpperCase(),
    undefined,
    [tokens.issuer.issuer],
  ])
    await tokens.denied(tokens.issuer.token({ ...as('admin'), iss }));
  other.close();
});

test('H16: what has not the form of a token is refused', async () => {
  const good = tokens.issuer.token(as('analyst'));
  expect((await tokens.ask(good)).status).toBe(200);
  const [head = '', body = '', end = ''] = good.split('.');
  const padded = (text: string) => text.padEnd(Math.ceil(text.length / 4) * 4 + 4, '=');
  const claims = { ...tokens.issuer.claims(as('analyst')), more: '>>>???' };
  const plain = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64');
  for (const bad of [
    `${good}.${end}`,
    `${good}.`,
    `.${good}`,
    `${head}.${body}`,
    `${padded(head)}.${body}.${end}`,
    `${head}.${body}.${padded(end)}`,
    `${head}.${body}.${end}\t`,
    `${head}.\u00a0${body}.${end}`,
    `${head}.${plain(claims)}.${end}`,
    `${head}..${end}`,
    `bnVsbA.bnVsbA.${end}`,
    `W10.W10.${end}`,
    tokens.issuer.token({ ...as('analyst'), more: 'x'.repeat(12_288) }),
  ])
    await tokens.denied(bad);
});

test('H17: a signature of zeros is refused; its twin is the same caller', async () => {
  const good = tokens.issuer.token(as('analyst'));
  const [head, body, end = ''] = good.split('.');
  await tokens.denied(`${head}.${body}.${Buffer.alloc(64).toString('base64url')}`);
  await tokens.denied(`${head}.${body}.${Buffer.alloc(0).toString('base64url') || 'AA'}`);
  const bytes = Buffer.from(end, 'base64url');
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  const twin = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
  const who = (token: string) => authenticate({ authorization: `Bearer ${token}` });
  expect(await who(`${head}.${body}.${twin.toString('base64url')}`)).toEqual(await who(good));
});

test('H18: what is remembered of a token are facts too', async () => {
  const token = tokens.issuer.token(as('analyst'));
  expect((await tokens.ask(token, `/api/mlops/deployments/${tokens.deployment}`)).status).toBe(200);
  await tokens.wire.refused(403, 'POST', `/api/mlops/deployments/${tokens.deployment}/promote`, {
    key: token,
    body: { to_stage: 'production' },
  });
});

test('where keys cannot be had the answer is neither yes nor no, in every dialect', async () => {
  const { ISSUERS } = process.env;
  vi.stubEnv('ISSUERS', ISSUERS?.replaceAll('realms/hostile', 'realms/away'));
  const away = createIssuer('https://login.example.com/realms/away');
  away.state.fails = true;
  for (const dialect of new Set(routes.map((route) => route.dialect))) {
    const route = routes.find((one) => one.dialect === dialect && one.scope === 'read');
    const path = route?.path.replaceAll(/\{\w+\}/g, noId) ?? '';
    const got = await tokens.wire.refused(503, 'GET', path, { key: away.token(as('admin')) });
    expect(got.headers['retry-after']).toBe('1');
  }
  away.close();
  vi.stubEnv('ISSUERS', ISSUERS);
});

test('without issuers no token is looked at, and nothing is asked', async () => {
  const { ISSUERS } = process.env;
  vi.stubEnv('ISSUERS', undefined);
  tokens.issuer.state.asked.length = 0;
  const got = await tokens.denied(tokens.issuer.token(as('admin', 'fresh')));
  expect(got.body).toEqual(refusal('mlops', 'noKey'));
  expect(tokens.issuer.state.asked).toEqual([]);
  vi.stubEnv('ISSUERS', ISSUERS);
});
