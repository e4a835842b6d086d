import type { Ask } from './ask.ts';
import { unknownHere } from './refusal.ts';
import type { Stored } from './store.ts';

const kept = ['content-type', 'cache-control', 'content-disposition', 'content-language', 'expires'];
const notKnown = [
  'x-amz-acl',
  'x-amz-tagging',
  'x-amz-website-redirect-location',
  'x-amz-write-offset-bytes',
  'x-amz-server-side-encryption-customer-algorithm',
];
const notKnownPrefixes = ['x-amz-object-lock-', 'x-amz-grant-', 'x-amz-copy-source-if-'];

/** What would change the meaning of a request and is not done here is refused, not ignored. */
export function refuseUnknownHeaders(ask: Ask): void {
  const names = [...Object.keys(ask.request.headers), ...ask.query.map(([name]) => name.toLowerCase())];
  for (const name of names)
    if (notKnown.includes(name) || notKnownPrefixes.some((prefix) => name.startsWith(prefix)))
      throw unknownHere(`header ${name}`);
}

/** The headers that are stored with an object and come back with it. */
export function describedBy(ask: Ask): Record<string, string> {
  const described: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of kept) {
    const value = ask.header(name);
    if (value !== undefined) described[name] = value;
  }
  const encodings = (ask.header('content-encoding') ?? '').split(',').map((one) => one.trim());
  const encoding = encodings.filter((one) => one !== '' && one !== 'aws-chunked').join(', ');
  if (encoding !== '') described['content-encoding'] = encoding;
  const inQuery = ask.query.map(([name]) => name.toLowerCase());
  for (const name of new Set([...Object.keys(ask.request.headers), ...inQuery]))
    if (name.startsWith('x-amz-meta-')) described[name] = ask.header(name) ?? '';
  return described;
}

/** The headers of an answer about an object; `override` is for a presigned download. */
export function describe(ask: Ask, object: Stored, withSums: boolean): Record<string, string | number> {
  const headers: Record<string, string | number> = {
    ...object.headers,
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.modified).toUTCString(),
    'accept-ranges': 'bytes',
  };
  for (const name of [...kept, 'content-encoding']) {
    const value = ask.asked(`response-${name}`);
    if (value !== undefined) headers[name] = value;
  }
  if (withSums && ask.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED')
    Object.assign(headers, sumHeaders(object.sums));
  return headers;
}

/** A sum with a count behind it is made of the sums of the parts. */
export function sumHeaders(sums: Record<string, string>): Record<string, string> {
  const fields = Object.entries(sums).map(([name, value]) => [`x-amz-checksum-${name}`, value] as const);
  const composite = fields.some(([, value]) => /-\d+$/.test(value));
  if (fields.length === 0) return {};
  return { ...Object.fromEntries(fields), 'x-amz-checksum-type': composite ? 'COMPOSITE' : 'FULL_OBJECT' };
}
