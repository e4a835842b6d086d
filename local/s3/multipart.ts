import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { crc32 } from 'node:zlib';
import { type Ask, type Reply, readText, xml } from './ask.ts';
import { writeConditions } from './conditions.ts';
import { describedBy, refuseUnknownHeaders, sumHeaders } from './headers.ts';
import { type Around, keep } from './objects.ts';
import { base64Crc, checkDocument, receive, write } from './receive.ts';
import { invalid, noSuchUpload, refusal, unknownHere } from './refusal.ts';
import type { Store } from './store.ts';
import { begin, end, type Part, partsOf, savePart, type Upload, uploadOf } from './uploads.ts';
import { contents, malformed, textOf, xmlDocument } from './xml.ts';

const smallestPart = 5 * 1024 * 1024;
const badPart = () =>
  refusal(400, 'InvalidPart', 'One or more of the specified parts could not be found or did not match.');

export function createUpload(ask: Ask, { store }: Around): Reply {
  refuseUnknownHeaders(ask);
  const algorithm = ask.header('x-amz-checksum-algorithm')?.toLowerCase();
  if (algorithm !== undefined && !['crc32', 'sha256', 'sha1'].includes(algorithm))
    throw unknownHere('CreateMultipartUpload with this checksum algorithm');
  if (ask.header('x-amz-checksum-type')?.toUpperCase() === 'FULL_OBJECT')
    throw unknownHere('CreateMultipartUpload with a checksum over the full object');
  const UploadId = begin(store, ask, { headers: describedBy(ask), algorithm });
  const headers: Record<string, string> =
    algorithm === undefined ? {} : { 'x-amz-checksum-algorithm': algorithm.toUpperCase() };
  const answer = { Bucket: ask.bucket, Key: ask.key, UploadId };
  return xml(xmlDocument('InitiateMultipartUploadResult', answer), headers);
}

export async function uploadPart(ask: Ask, { store, now }: Around): Promise<Reply> {
  const { algorithm } = uploadOf(store, ask);
  const number = Number(ask.asked('partnumber'));
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    throw invalid('Part number must be an integer between 1 and 10000, inclusive');
  const { file, size, md5, sums, asked } = await receive(ask, store);
  const kept = algorithm === undefined ? asked : { [algorithm]: sums[algorithm] ?? '' };
  try {
    savePart(store, ask, { number, file, size, etag: md5, modified: now().getTime(), sums: kept });
  } catch (error) {
    store.discard(file);
    throw error;
  }
  const { 'x-amz-checksum-type': _, ...headers } = sumHeaders(kept);
  return { status: 200, headers: { etag: `"${md5}"`, ...headers } };
}

export function abortUpload(ask: Ask, { store }: Around): Reply {
  end(store, uploadOf(store, ask).id);
  return { status: 204 };
}

export function listParts(ask: Ask, { store }: Around): Reply {
  const { id, algorithm } = uploadOf(store, ask);
  const limit = Math.min(1000, Number(ask.asked('max-parts') ?? 1000));
  const behind = Number(ask.asked('part-number-marker') ?? 0);
  if (!(Number.isInteger(limit) && limit > 0 && Number.isInteger(behind)))
    throw invalid('max-parts and part-number-marker are whole numbers');
  const found = partsOf(store, id, behind, limit + 1);
  const parts = found.slice(0, limit);
  const more = found.length > limit;
  const answer = {
    Bucket: ask.bucket,
    Key: ask.key,
    UploadId: id,
    PartNumberMarker: behind,
    NextPartNumberMarker: more ? parts.at(-1)?.number : undefined,
    MaxParts: limit,
    IsTruncated: more,
    ChecksumAlgorithm: algorithm?.toUpperCase(),
    Part: parts.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.modified).toISOString(),
      ETag: `"${part.etag}"`,
      Size: part.size,
      ...sumElements(part.sums),
    })),
  };
  return xml(xmlDocument('ListPartsResult', answer));
}

export async function completeUpload(ask: Ask, { store, now, onCreated }: Around): Promise<Reply> {
  const upload = uploadOf(store, ask);
  const allow = writeConditions(ask);
  const text = await readText(ask.request);
  if (ask.header('x-amz-content-sha256')) checkDocument({ ...ask, header: withoutSums(ask) }, text);
  const parts = chosen(contents(text, 'Part'), partsOf(store, upload.id), upload);
  const { file, size } = await write(store, joined(store, parts));
  const etag = `${digestOfParts(parts)}-${parts.length}`;
  const sums = compositeSums(parts, upload.algorithm);
  keep(
    store,
    ask,
    { file, size, etag, modified: now().getTime(), headers: upload.headers, sums },
    (there) => {
      allow(there);
      if (!end(store, upload.id)) throw noSuchUpload();
    },
  );
  onCreated(ask.bucket, ask.key);
  const answer = { Location: ask.path, Bucket: ask.bucket, Key: ask.key, ETag: `"${etag}"` };
  return xml(xmlDocument('CompleteMultipartUploadResult', { ...answer, ...sumElements(sums) }));
}

/** Here a checksum header speaks of the whole object, not of this document. */
const withoutSums = (ask: Ask) => (name: string) =>
  name.startsWith('x-amz-checksum-') ? undefined : ask.header(name);

/** The parts the caller names, held to what was uploaded. */
function chosen(listed: string[], present: Part[], { algorithm }: Upload): Part[] {
  if (listed.length === 0 || listed.length > 10_000) throw malformed();
  const byNumber = new Map(present.map((part) => [part.number, part]));
  const parts = listed.map((item) => {
    const part = byNumber.get(Number(textOf(item, 'PartNumber')));
    if (!part || textOf(item, 'ETag')?.replaceAll('"', '') !== part.etag) throw badPart();
    if (algorithm && textOf(item, `Checksum${algorithm.toUpperCase()}`) === undefined)
      throw refusal(400, 'InvalidRequest', 'The complete request must include the checksum for each part.');
    for (const [name, sum] of Object.entries(part.sums))
      if ((textOf(item, `Checksum${name.toUpperCase()}`) ?? sum) !== sum) throw badPart();
    return part;
  });
  if (parts.some((part, i) => i > 0 && part.number <= (parts[i - 1]?.number ?? 0)))
    throw refusal(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
  if (parts.slice(0, -1).some(({ size }) => size < smallestPart))
    throw refusal(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  return parts;
}

async function* joined(store: Store, parts: Part[]): AsyncGenerator<Uint8Array> {
  for (const { file } of parts) yield* createReadStream(store.path(file));
}

function digestOfParts(parts: Part[]): string {
  const hash = createHash('md5');
  for (const { etag } of parts) hash.update(Buffer.from(etag, 'hex'));
  return hash.digest('hex');
}

/** The sum of the parts' sums, with their count behind it. */
function compositeSums(parts: Part[], algorithm: string | undefined): Record<string, string> {
  if (algorithm === undefined) return {};
  const sums = Buffer.concat(parts.map((part) => Buffer.from(part.sums[algorithm] ?? '', 'base64')));
  const sum =
    algorithm === 'crc32' ? base64Crc(crc32(sums)) : createHash(algorithm).update(sums).digest('base64');
  return { [algorithm]: `${sum}-${parts.length}` };
}

const sumElements = (sums: Record<string, string>) =>
  Object.fromEntries(Object.entries(sums).map(([name, value]) => [`Checksum${name.toUpperCase()}`, value]));
