import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { presigned, sha256, signedHeaders } from '../../adapters/aws/sigv4.ts';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'secret/with+signs',
  sessionToken: 'token==',
};
const region = 'eu-west-1';
const key = fc
  .string({ unit: fc.constantFrom(...'abc/019-_.~ !*()é+=&'), minLength: 1, maxLength: 20 })
  .map((text) => `k/${text.replaceAll(/\/+/g, '/')}`)
  .filter((text) => !/(^|\/)\.{1,2}(\/|$)/.test(text));

interface Sent {
  method: string;
  hostname: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

test('a presigned upload is the one that the SDK signs', async () => {
  const s3 = new S3Client({
    region,
    credentials,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  await fc.assert(
    fc.asyncProperty(
      key,
      fc.date({ min: new Date(0), max: new Date('2090-01-01'), noInvalidDate: true }),
      async (Key, at) => {
        at.setMilliseconds(0);
        const command = new PutObjectCommand({ Bucket: 'bucket', Key, IfNoneMatch: '*' });
        const theirs = new URL(
          await getSignedUrl(s3, command, {
            expiresIn: 300,
            signingDate: at,
            unhoistableHeaders: new Set(['if-none-match']),
            signableHeaders: new Set(['host', 'if-none-match']),
          }),
        );
        const [from, query] = [new URL(theirs), theirs.searchParams];
        from.search = `?x-id=${query.get('x-id')}&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD`;
        const ours = new URL(
          presigned(
            {
              ...{ method: 'PUT', url: from, service: 's3', region, now: at.getTime() },
              ...{ headers: { 'if-none-match': '*' }, payload: 'UNSIGNED-PAYLOAD' },
            },
            credentials,
            300,
          ),
        );
        expect(Object.fromEntries(ours.searchParams)).toEqual(Object.fromEntries(query));
      },
    ),
    { numRuns: 200 },
  );
});

test('a signed call is the one that the SDK signs', async () => {
  let sent: Sent | undefined;
  const client = new DynamoDBClient({
    region,
    credentials,
    endpoint: 'http://127.0.0.1:9',
    requestHandler: {
      handle: async (request: Sent) => {
        sent = request;
        throw new Error('seen');
      },
    } as never,
    maxAttempts: 1,
  });
  await client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'é' } } })).catch(() => {});
  if (!sent) throw new Error('the SDK sent nothing');
  const { headers, body } = sent;
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
  const own = ['host', 'x-amz-date', 'x-amz-security-token'];
  const stamp =
    headers['x-amz-date']?.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z') ?? '';
  const ours = signedHeaders(
    {
      ...{ method: 'POST', url: new URL('http://127.0.0.1:9/'), service: 'dynamodb', region },
      headers: Object.fromEntries(names.filter((n) => !own.includes(n)).map((n) => [n, headers[n] ?? ''])),
      ...{ payload: sha256(body), now: Date.parse(stamp) },
    },
    credentials,
  );
  expect(ours.authorization).toBe(headers.authorization);
});
