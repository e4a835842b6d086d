import type { Ask } from './ask.ts';
import { noSuchKey, preconditionFailed, refusal, unknownHere } from './refusal.ts';
import type { Stored } from './store.ts';

const bare = (etag: string) => etag.trim().replace(/^W\//, '').replaceAll('"', '');
const names = (list: string, etag: string) =>
  list.split(',').some((one) => one.trim() === '*' || bare(one) === etag);

/** The conditions of a write, for the moment when it is decided. */
export function writeConditions(ask: Ask): (now: Stored | undefined) => void {
  const noneMatch = ask.header('if-none-match');
  const match = ask.header('if-match');
  if (noneMatch !== undefined && noneMatch !== '*')
    throw unknownHere('If-None-Match with an ETag on a write');
  return (now) => {
    if (noneMatch !== undefined && now) throw preconditionFailed();
    if (match === undefined) return;
    if (!now) throw noSuchKey();
    if (!names(match, now.etag)) throw preconditionFailed();
  };
}

/** The conditions of a read, in the order HTTP gives them: refuse, say 304, or go on. */
export function isUnchanged(ask: Ask, object: Stored): boolean {
  const { headers } = ask.request;
  const seconds = Math.floor(object.modified / 1000) * 1000;
  const match = headers['if-match'];
  if (match !== undefined) {
    if (!names(match, object.etag)) throw preconditionFailed();
  } else if (seconds > Date.parse(headers['if-unmodified-since'] ?? '')) throw preconditionFailed();
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined) return names(noneMatch, object.etag);
  return seconds <= Date.parse(headers['if-modified-since'] ?? '');
}

/** The bytes asked for, or undefined for all of them: what is no single range is ignored, as S3 does. */
export function rangeOf(
  header: string | undefined,
  size: number,
): { start: number; end: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < start) return undefined;
  if (start >= size || end < start)
    throw refusal(416, 'InvalidRange', 'The requested range is not satisfiable');
  return { start, end };
}
