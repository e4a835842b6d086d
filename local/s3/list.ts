import { type Ask, type Reply, xml } from './ask.ts';
import type { Around } from './objects.ts';
import { invalid } from './refusal.ts';
import { after, bytesOf, type Store, type Stored } from './store.ts';
import { type Content, xmlDocument } from './xml.ts';

interface Wish {
  bucket: string;
  prefix: string;
  delimiter: string;
  behind: Buffer | undefined;
  limit: number;
}

/** One line of a listing: an object, or a prefix that stands for all that begin with it. */
type Line = { key: string; object: Stored } | { prefix: string };

/** Walk the keys in order; what a prefix stands for is jumped over, not read. */
function* lines(store: Store, { bucket, prefix, delimiter, behind, limit }: Wish): Generator<Line> {
  const from = bytesOf(prefix);
  const step = delimiter === '' ? limit + 1 : 16;
  let place = behind;
  for (let more = true; more; ) {
    const rows = store.range(bucket, from, place, step);
    more = rows.length === step;
    for (const { key, object } of rows) {
      place = bytesOf(key);
      const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      if (cut < 0) {
        yield { key, object };
        continue;
      }
      const common = key.slice(0, cut + delimiter.length);
      yield { prefix: common };
      place = after(bytesOf(common));
      more = true;
      break;
    }
  }
}

/** As many lines as were asked for, and whether there are more. */
function page(store: Store, wish: Wish): { found: Line[]; more: boolean } {
  const found: Line[] = [];
  if (wish.limit === 0) return { found, more: false };
  for (const line of lines(store, wish)) {
    if (found.length === wish.limit) return { found, more: true };
    found.push(line);
  }
  return { found, more: false };
}

export function listObjects(ask: Ask, { store }: Around): Reply {
  const encoding = ask.asked('encoding-type');
  if (encoding !== undefined && encoding !== 'url')
    throw invalid('Invalid Encoding Method specified in Request');
  const shown = encoding === 'url' ? encodeURIComponent : (text: string) => text;
  const limit = limitOf(ask.asked('max-keys'));
  const wish = {
    bucket: ask.bucket,
    prefix: ask.asked('prefix') ?? '',
    delimiter: ask.asked('delimiter') ?? '',
    behind: placeOf(ask),
    limit,
  };
  const { found, more } = page(store, wish);
  const answer: Content = {
    Name: ask.bucket,
    Prefix: shown(wish.prefix),
    MaxKeys: limit,
    KeyCount: found.length,
    IsTruncated: more,
    Delimiter: wish.delimiter === '' ? undefined : shown(wish.delimiter),
    EncodingType: encoding,
    ContinuationToken: ask.asked('continuation-token'),
    NextContinuationToken: more ? tokenOf(found.at(-1)) : undefined,
    StartAfter: ask.asked('start-after'),
    Contents: found.flatMap((line) => ('key' in line ? [entry(shown(line.key), line.object)] : [])),
    CommonPrefixes: found.flatMap((line) => ('prefix' in line ? [{ Prefix: shown(line.prefix) }] : [])),
  };
  return xml(xmlDocument('ListBucketResult', answer));
}

const entry = (Key: string, object: Stored): Content => ({
  Key,
  LastModified: new Date(object.modified).toISOString(),
  ETag: `"${object.etag}"`,
  ChecksumAlgorithm: Object.keys(object.sums).map((name) => name.toUpperCase()),
  Size: object.size,
  StorageClass: 'STANDARD',
});

function limitOf(text: string | undefined): number {
  if (text === undefined) return 1000;
  if (!/^\d{1,9}$/.test(text)) throw invalid('Provided max-keys not an integer or within integer range');
  return Math.min(1000, Number(text));
}

/** A token is the place it goes on behind: it needs no memory, and nothing written meanwhile disturbs it. */
function tokenOf(line: Line | undefined): string | undefined {
  if (!line) return undefined;
  const place = 'key' in line ? bytesOf(line.key) : after(bytesOf(line.prefix));
  return place.toString('base64url');
}

function placeOf(ask: Ask): Buffer | undefined {
  const token = ask.asked('continuation-token');
  if (token === undefined) {
    const start = ask.asked('start-after');
    return start === undefined ? undefined : bytesOf(start);
  }
  if (!/^[\w-]{1,1400}$/.test(token)) throw invalid('The continuation token provided is incorrect');
  return Buffer.from(token, 'base64url');
}
