import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { env } from './env.ts';
import { objects } from './objects.ts';
import { client } from './table.ts';

const Attribute = z.record(z.string(), z.unknown());
const Spooled = z.object({
  item: z.record(z.string(), Attribute),
  payload: z.object({ key: z.string().startsWith('payloads/'), data: z.string() }).optional(),
});

/** Write what was spooled and take it off the spool. Doing so twice writes the same item again. */
export async function ingest(key: string): Promise<void> {
  const place = { Bucket: env('DATA_BUCKET'), Key: key };
  const text = await objects.send(new GetObjectCommand(place)).then(
    ({ Body }) => Body?.transformToString(),
    (error) => {
      if (!(error instanceof NoSuchKey)) throw error;
    },
  );
  if (text === undefined) return;
  const { item, payload } = Spooled.parse(JSON.parse(text));
  if (payload)
    await objects.send(
      new PutObjectCommand({ ...place, Key: payload.key, Body: Buffer.from(payload.data, 'base64') }),
    );
  await client.send(new PutItemCommand({ TableName: env('LOGS_TABLE'), Item: attributesOf(item) }));
  await objects.send(new DeleteObjectCommand(place));
}

/** The wire's spelling as the client takes it: bytes are bytes there. */
function attributesOf(item: z.infer<typeof Spooled>['item']) {
  const entries = Object.entries(item).map(([name, attribute]) => [
    name,
    typeof attribute.B === 'string' ? { B: Buffer.from(attribute.B, 'base64') } : attribute,
  ]);
  return Object.fromEntries(entries);
}
