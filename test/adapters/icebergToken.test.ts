import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Call, transport } from '../../adapters/aws/signed.ts';
import { tokensOf } from '../../adapters/iceberg/restToken.ts';

const network = transport.send;
let now = 0;
let asked: { url: string; call: Call; headers: Record<string, string> }[] = [];
let reply: { status: number; body: object } = { status: 200, body: {} };
beforeEach(() => {
  now = 1_000_000;
  asked = [];
  transport.send = async (url, headers, call) => {
    asked.push({ url: url.href, call, headers });
    return { status: reply.status, headers: {}, body: Buffer.from(JSON.stringify(reply.body)) };
  };
});
afterEach(() => {
  transport.send = network;
});

/** The tokens of a catalog whose secret holds this. */
function tokens(secret: () => string | undefined) {
  let reads = 0;
  const read = async () => {
    reads++;
    return secret();
  };
  const origin = { read, uri: 'https://catalog/iceberg/', now: () => now };
  return { ...tokensOf(origin), reads: () => reads };
}
const client = { client_id: 'me', client_secret: 'a&b' };

test('a secret that is a token is sent as it is, and read again after five minutes or a refusal', async () => {
  let secret = ' t1\n';
  const it = tokens(() => secret);
  expect(await Promise.all([it.current(), it.current()])).toEqual(['t1', 't1']);
  secret = 't2';
  expect([await it.current(), it.reads()]).toEqual(['t1', 1]);
  it.refused('t0');
  expect(await it.current()).toBe('t1');
  it.refused('t1');
  expect(await it.current()).toBe('t2');
  secret = 't3';
  now += 5 * 60_000;
  expect(await it.current()).toBe('t3');
  expect(asked).toEqual([]);
});

test('client credentials are sent once for a token, and again a minute before it ends', async () => {
  reply = { status: 200, body: { access_token: 'a', token_type: 'bearer', expires_in: 600 } };
  const it = tokens(() => JSON.stringify(client));
  expect(await it.current()).toBe('a');
  now += 9 * 60_000 - 1;
  expect([await it.current(), asked.length]).toEqual(['a', 1]);
  now += 1;
  await it.current();
  expect(asked).toHaveLength(2);
  const [{ url, call, headers } = { url: '', call: undefined, headers: undefined }] = asked;
  expect([url, call?.method, headers?.authorization]).toEqual([
    ...['https://catalog/iceberg/v1/oauth/tokens', 'POST', undefined],
  ]);
  expect(call?.body).toBe(
    'grant_type=client_credentials&client_id=me&client_secret=a%26b&scope=PRINCIPAL_ROLE%3AALL',
  );
});

test('a server of tokens of its own is asked, over https alone', async () => {
  reply = { status: 200, body: { access_token: 'a' } };
  const at = (token_url: string) =>
    tokens(() => JSON.stringify({ ...client, token_url, scope: 's' })).current();
  expect(await at('https://login/token')).toBe('a');
  expect(asked.map(({ url }) => url)).toEqual(['https://login/token']);
  await expect(at('http://login/token')).rejects.toMatchObject({ code: 'refused' });
});

test.each<[string, string | undefined, typeof reply]>([
  ['no secret', undefined, reply],
  ['a secret that is empty', ' ', reply],
  ['a secret without a client', '{"client_id": "me"}', reply],
  ['a secret that is no JSON', '{secret', reply],
  ['a token of two lines', 'a\nx-other: b', reply],
  ['a refusal', JSON.stringify(client), { status: 401, body: { error: 'invalid_client a&b' } }],
  ['an answer without a token', JSON.stringify(client), { status: 200, body: {} }],
])('%s is a refusal that tells nothing of the secret', async (_, secret, answer) => {
  reply = answer;
  const error = await tokens(() => secret)
    .current()
    .catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ code: 'refused' });
  expect(JSON.stringify([error, (error as Error).message])).not.toMatch(/a&b|client_id|x-other/);
});
