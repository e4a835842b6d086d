import { crc32 } from 'node:zlib';
import { type Answered, type Call, credentials, endpoint, region, send } from './signed.ts';
import { presigned } from './sigv4.ts';

/** An object's place; its bucket stands in the path, as every endpoint understands it. */
export interface Place {
  bucket: string;
  key: string;
}
interface Patience {
  timeout: number;
  attempts?: number;
}
const patient: Patience = { timeout: 10_000, attempts: 2 };
const url = ({ bucket, key }: Place) => `${endpoint('s3')}/${path({ bucket, key })}`;
const path = ({ bucket, key }: Place) => `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;

/** The bytes of an object, at most so many; undefined where there is none. */
export async function get(place: Place, maxBytes: number): Promise<Buffer | undefined> {
  return (await ask('GET', place, { ...patient, maxBytes }))?.body;
}

/** How many bytes an object has; undefined where there is none. */
export async function size(place: Place): Promise<number | undefined> {
  const answer = await ask('HEAD', place, patient);
  return answer && Number(answer.headers['content-length']);
}

/** What arrives is what was sent: S3 refuses another checksum. */
export async function put(
  place: Place,
  body: string | Uint8Array,
  patience: Patience = patient,
): Promise<void> {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  await ask('PUT', place, { ...patience, body, headers: { 'x-amz-checksum-crc32': sum.toString('base64') } });
}

export async function copy(from: Place, to: Place): Promise<void> {
  await ask('PUT', to, { ...patient, headers: { 'x-amz-copy-source': path(from) } });
}

export async function remove(place: Place): Promise<void> {
  await ask('DELETE', place, patient);
}

/** The keys that begin so, in their order, behind one of them; a thousand at most, as S3 gives them. */
export async function list(bucket: string, prefix: string, behind = ''): Promise<string[]> {
  const query = new URLSearchParams({ 'encoding-type': 'url', 'list-type': '2', prefix });
  if (behind !== '') query.set('start-after', behind);
  const asked = `${endpoint('s3')}/${bucket}?${query}`;
  const answer = await send({ ...patient, service: 's3', method: 'GET', url: asked });
  if (answer.status >= 300) throw new Error(`S3 answered ${answer.status} to a list`);
  const keys = answer.body.toString().matchAll(/<Key>([^<]*)<\/Key>/g);
  return [...keys].map(([, key = '']) => decodeURIComponent(key.replaceAll('+', ' ')));
}

/** An address that takes one upload, once, for so many seconds, sent with exactly these headers. */
export function uploadUrl(
  place: Place,
  headers: Record<string, string>,
  seconds: number,
  now: number,
): string {
  const request = { method: 'PUT', url: new URL(url(place)), service: 's3', region: region(), headers, now };
  return presigned({ ...request, payload: 'UNSIGNED-PAYLOAD' }, credentials(), seconds);
}

async function ask(
  method: Call['method'],
  place: Place,
  how: Omit<Call, 'service' | 'method' | 'url'>,
): Promise<Answered | undefined> {
  const answer = await send({ ...how, service: 's3', method, url: url(place) });
  if (answer.status === 404 && method !== 'PUT') return undefined;
  if (answer.status >= 300) throw new Error(`S3 answered ${answer.status} to ${method}`);
  return answer;
}
