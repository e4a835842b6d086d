import type { Ask, Reply } from './ask.ts';
import { createBucket, deleteBucket, deleteObjects, headBucket, listBuckets } from './buckets.ts';
import { listObjects } from './list.ts';
import { abortUpload, completeUpload, createUpload, listParts, uploadPart } from './multipart.ts';
import { type Around, copyObject, deleteObject, getObject, putObject } from './objects.ts';
import { noSuchBucket, unknownHere } from './refusal.ts';

interface Operation {
  on: 'service' | 'bucket' | 'object';
  method: string;
  /** The query parameters that make it this operation, and those it may have besides. */
  needs?: string[];
  may?: string[];
  /** Only with, or only without, a source to copy from. */
  copies?: boolean;
  run(ask: Ask, around: Around): Reply | Promise<Reply>;
}

const overrides = ['type', 'disposition', 'encoding', 'language'].map((name) => `response-content-${name}`);
const listing = ['prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after', 'encoding-type'];
const reading = [...overrides, 'response-cache-control', 'response-expires'];

const operations: Operation[] = [
  { on: 'service', method: 'GET', run: listBuckets },
  { on: 'bucket', method: 'PUT', run: createBucket },
  { on: 'bucket', method: 'HEAD', run: headBucket },
  { on: 'bucket', method: 'DELETE', run: deleteBucket },
  { on: 'bucket', method: 'GET', needs: ['list-type'], may: listing, run: listObjects },
  { on: 'bucket', method: 'POST', needs: ['delete'], run: deleteObjects },
  { on: 'object', method: 'PUT', copies: true, run: copyObject },
  { on: 'object', method: 'PUT', copies: false, run: putObject },
  { on: 'object', method: 'GET', may: reading, run: getObject },
  { on: 'object', method: 'HEAD', may: reading, run: getObject },
  { on: 'object', method: 'DELETE', run: deleteObject },
  { on: 'object', method: 'POST', needs: ['uploads'], run: createUpload },
  { on: 'object', method: 'PUT', needs: ['partnumber', 'uploadid'], copies: false, run: uploadPart },
  { on: 'object', method: 'POST', needs: ['uploadid'], run: completeUpload },
  { on: 'object', method: 'DELETE', needs: ['uploadid'], run: abortUpload },
  {
    on: 'object',
    method: 'GET',
    needs: ['uploadid'],
    may: ['max-parts', 'part-number-marker'],
    run: listParts,
  },
];

/** Run the operation a request asks for; one that is not in the table is refused by its name. */
export function perform(ask: Ask, around: Around): Reply | Promise<Reply> {
  const on = ask.bucket === '' ? 'service' : ask.key === '' ? 'bucket' : 'object';
  const parameters = ask.query
    .map(([name]) => name.toLowerCase())
    .filter((name) => name !== 'x-id' && !name.startsWith('x-amz-'));
  const copies = ask.header('x-amz-copy-source') !== undefined;
  const operation = operations.find(
    ({ needs = [], may = [], ...row }) =>
      row.on === on &&
      row.method === ask.method &&
      (row.copies === undefined || row.copies === copies) &&
      needs.every((name) => parameters.includes(name)) &&
      parameters.every((name) => needs.includes(name) || may.includes(name)),
  );
  if (!operation || (operation.run === listObjects && ask.asked('list-type') !== '2'))
    throw unknownHere(nameOf(ask, on, parameters));
  const made = operation.run === createBucket || operation.run === listBuckets;
  if (!made && !around.store.hasBucket(ask.bucket)) throw noSuchBucket();
  return operation.run(ask, around);
}

/** The SDK names some operations in the query; of others there is the method and what tells it apart. */
function nameOf(ask: Ask, on: string, parameters: string[]): string {
  const named = ask.asked('x-id');
  if (named && /^[A-Za-z]{1,60}$/.test(named)) return named;
  const plain = parameters.filter((name) => /^[a-z0-9-]{1,40}$/.test(name)).slice(0, 5);
  return [ask.method, on, ...plain.map((name) => `?${name}`)].join(' ');
}
