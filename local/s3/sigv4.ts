import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Ask, decode } from './ask.ts';
import { type Refusal, refusal, unknownHere } from './refusal.ts';

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
}

/** A signature as the request states it, whether in its header or in its query. */
interface Claim {
  accessKeyId: string;
  scope: string[];
  date: string;
  signed: string[];
  signature: string;
  payload: string;
}

const denied = (message: string) => refusal(403, 'AccessDenied', message);

/** Refuse whoever does not prove that the keys are theirs, and what was changed after it was signed. */
export function authenticate(ask: Ask, keys: Keys, now: Date): void {
  const presigned = ask.query.some(([name]) => name === 'X-Amz-Signature');
  const claim = presigned ? fromQuery(ask, now) : fromHeader(ask, now);
  if (claim.accessKeyId !== keys.accessKeyId)
    throw refusal(
      403,
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
    );
  const unsigned = Object.keys(ask.request.headers).some(
    (name) => name.startsWith('x-amz-') && !claim.signed.includes(name),
  );
  if (unsigned || !claim.signed.includes('host'))
    throw denied('There were headers present in the request which were not signed');
  const expected = sign(canonical(ask, claim), claim, keys.secretAccessKey);
  if (!same(expected, claim.signature))
    throw refusal(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    );
}

function fromQuery(ask: Ask, now: Date): Claim {
  const get = (name: string) => ask.query.find(([own]) => own === name)?.[1] ?? '';
  const bad = refusal(400, 'AuthorizationQueryParametersError', 'The signature in the query is not complete');
  const date = get('X-Amz-Date');
  const seconds = Number(get('X-Amz-Expires'));
  if (get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') throw bad;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 604_800) throw bad;
  const age = now.getTime() - instant(date, bad);
  if (age > seconds * 1000) throw denied('Request has expired');
  if (age < -15 * 60_000) throw denied('Request is not yet valid');
  return {
    ...credential(get('X-Amz-Credential'), date, bad),
    date,
    signed: get('X-Amz-SignedHeaders').split(';'),
    signature: get('X-Amz-Signature'),
    payload: ask.header('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
  };
}

const authorization =
  /^AWS4-HMAC-SHA256 Credential=([^, ]{1,200}), ?SignedHeaders=([^, ]{1,2000}), ?Signature=([0-9a-f]{64})$/;

function fromHeader(ask: Ask, now: Date): Claim {
  const header = ask.request.headers.authorization;
  if (header === undefined) throw denied('Access Denied');
  const bad = refusal(400, 'AuthorizationHeaderMalformed', 'The authorization header is malformed');
  const [, from = '', signed = '', signature = ''] = authorization.exec(header) ?? [];
  if (signature === '') throw bad;
  const date = ask.header('x-amz-date') ?? '';
  if (Math.abs(now.getTime() - instant(date, bad)) > 15 * 60_000)
    throw refusal(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and ours is too large.',
    );
  const payload = ask.header('x-amz-content-sha256');
  if (payload === undefined)
    throw refusal(400, 'InvalidRequest', 'Missing required header: x-amz-content-sha256');
  if (payload.startsWith('STREAMING-AWS4')) throw unknownHere('body signed chunk by chunk');
  return { ...credential(from, date, bad), date, signed: signed.split(';'), signature, payload };
}

function instant(date: string, bad: Refusal): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!parts) throw bad;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function credential(text: string, date: string, bad: Refusal) {
  const [accessKeyId = '', ...scope] = text.split('/');
  const [day, , service, end] = scope;
  if (scope.length !== 4 || day !== date.slice(0, 8) || service !== 's3' || end !== 'aws4_request') throw bad;
  return { accessKeyId, scope };
}

const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function canonical(ask: Ask, claim: Claim): string {
  const path = ask.path
    .split('/')
    .map((part) => encode(decode(part)))
    .join('/');
  const query = ask.query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map((both) => both.join('='))
    .join('&');
  const headers = claim.signed.map((name) => `${name}:${sentHeader(ask, name)}\n`).join('');
  return [ask.method, path, query, headers, claim.signed.join(';'), claim.payload].join('\n');
}

function sentHeader(ask: Ask, name: string): string {
  const sent = ask.request.headers[name];
  return (Array.isArray(sent) ? sent.join(',') : (sent ?? '')).trim().replace(/\s+/g, ' ');
}

function sign(request: string, claim: Claim, secret: string): string {
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const key = claim.scope.reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const digest = createHash('sha256').update(request).digest('hex');
  const text = ['AWS4-HMAC-SHA256', claim.date, claim.scope.join('/'), digest].join('\n');
  return hmac(key, text).toString('hex');
}

function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
