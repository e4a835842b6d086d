import { createServer as plainServer } from 'node:http';
import { createServer, globalAgent, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { outside } from '../../adapters/tokens/outside.ts';
import { identify } from '../../adapters/tokens/verify.ts';
import { selfSigned } from '../support/certificate.ts';
import { signed, signingKey } from '../support/issuer.ts';

type Answer = (res: import('node:http').ServerResponse) => void;
const answers = new Map<string, Answer>();
const asked: string[] = [];
const { key, cert } = selfSigned(['localhost']);
const servers: Server[] = [];
let issuer: string;
const urlOf = (server: Pick<Server, 'address'>) =>
  `https://localhost:${(server.address() as AddressInfo).port}`;

async function serve(own: { key: string; cert: string }): Promise<Server> {
  const server = createServer(own, (req, res) => {
    asked.push(req.url ?? '');
    (answers.get(req.url ?? '') ?? ((r) => r.writeHead(404).end()))(res);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  servers.push(server);
  return server;
}

const trusted = globalAgent.options.ca;
beforeAll(async () => {
  globalAgent.options.ca = cert;
  issuer = urlOf(await serve({ key, cert }));
});
afterAll(async () => {
  globalAgent.options.ca = trusted;
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
});
afterEach(() => {
  answers.clear();
  asked.length = 0;
  vi.unstubAllEnvs();
});
const json =
  (value: unknown): Answer =>
  (res) =>
    res.end(JSON.stringify(value));

test('a token of an issuer that answers over TLS lets its bearer in', async () => {
  const mine = signingKey('k', 'RS256');
  answers.set('/.well-known/openid-configuration', json({ issuer, jwks_uri: `${issuer}/keys` }));
  answers.set('/keys', json({ keys: [mine.jwk] }));
  const entry = { issuer, audience: ['slipway'], alsoFor: [], clientIds: [], roles: 'roles', grants: {} };
  vi.stubEnv('ISSUERS', JSON.stringify([entry]));
  const now = Math.floor(Date.now() / 1000);
  const token = signed(mine, { iss: issuer, aud: 'slipway', sub: 'ada', iat: now, exp: now + 9, scope: '' });
  expect(await identify(token, Date.now())).toMatchObject({ kind: 'user' });
  expect(asked).toEqual(['/.well-known/openid-configuration', '/keys']);
});

describe('nothing is taken', () => {
  const elsewhere = (res: Parameters<Answer>[0]) =>
    res.writeHead(302, { location: `${issuer}/other` }).end('{"keys":[]}');
  test.each<[what: string, answer: Answer, why: string]>([
    ['from where it leads elsewhere', elsewhere, 'answered 302'],
    ['from an error', (res) => res.writeHead(500).end('{}'), 'answered 500'],
    ['that is no JSON', (res) => res.end('<html>'), 'no JSON'],
    ['that has no end', endless, 'sent too much'],
    ['that breaks off', (res) => res.write('{', () => res.destroy()), 'broke off'],
  ])('%s', async (_, answer, why) => {
    answers.set('/keys', answer);
    answers.set('/other', json({ keys: [] }));
    await expect(outside.get(`${issuer}/keys`)).rejects.toThrow(why);
    expect(asked).toEqual(['/keys']);
  });

  test('from who says nothing for a second and a half, drop by drop or not at all', async () => {
    answers.set('/silent', () => {});
    const drops = setInterval(() => slow?.write(' '), 100);
    let slow: Parameters<Answer>[0] | undefined;
    answers.set('/slow', (res) => {
      slow = res;
    });
    const began = performance.now();
    const both = ['/silent', '/slow'].map((path) => outside.get(`${issuer}${path}`).catch((e) => e.message));
    expect(await Promise.all(both)).toEqual(Array(2).fill('the issuer did not answer within 1500 ms'));
    expect(performance.now() - began).toBeGreaterThan(1_400);
    clearInterval(drops);
  });

  test('from who has a certificate of somebody else, or of another host', async () => {
    const other = selfSigned(['other.example.com']);
    globalAgent.options.ca = [cert, other.cert];
    for (const own of [selfSigned(['localhost']), other])
      await expect(outside.get(`${urlOf(await serve(own))}/keys`)).rejects.toThrow('cannot be reached');
    expect(asked).toEqual([]);
    globalAgent.options.ca = cert;
  });

  test('without TLS', async () => {
    const server = plainServer((_, res) => res.end('{}'));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const url = urlOf(server).replace('https', 'http');
    await expect(outside.get(url)).rejects.toThrow();
    await new Promise((closed) => server.close(closed));
  });
});

function endless(res: Parameters<Answer>[0]) {
  const more = () => {
    while (!res.destroyed && res.write('x'.repeat(65_536)));
    if (!res.destroyed) res.once('drain', more);
  };
  more();
}
