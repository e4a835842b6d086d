import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import { env } from './env.ts';
import { limits, local } from './limits.ts';
import { client } from './table.ts';

const s3 = new S3Client({ ...limits(10_000), forcePathStyle: local('S3') });

const Attribute = z.record(z.string(), z.unknown());
const Spooled = z.object({
  item: z.record(z.string(), Attribute),
  payload: z.object({ key: z.string().startsWith('payloads/'), data: z.string() }).optional(),
});

/** Write what was spooled and take it off the spool. Doing so twice writes the same item again. */
export async function ingest(key: string): Promise<void> {
  const place = { Bucket: env('DATA_BUCKET'), Key: key };
  const text = await s3.send(new GetObjectCommand(place)).then(
    ({ Body }) => Body?.transformToString(),
    (error) => {
      if (!(error instanceof NoSuchKey)) throw error;
    },
  );
  if (text === undefined) return;
  const { item, payload } = Spooled.parse(JSON.parse(text));
  if (payload)
    await s3.send(
      new PutObjectCommand({ ...place, Key: payload.key, Body: Buffer.from(payload.data, 'base64') }),
    );
  await client.send(new PutItemCommand({ TableName: env('LOGS_TABLE'), Item: attributesOf(item) }));
  await s3.send(new DeleteObjectCommand(place));
}

/** The wire's spelling as the client takes it: bytes are bytes there. */
function attributesOf(item: z.infer<typeof Spooled>['item']) {
  const entries = Object.entries(item).map(([name, attribute]) => [
    name,
    typeof attribute.B === 'string' ? { B: Buffer.from(attribute.B, 'base64') } : attribute,
  ]);
  return Object.fromEntries(entries);
}
