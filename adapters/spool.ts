import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { env } from './env.ts';
import * as objects from './objects.ts';
import { client } from './table.ts';

const mostBytes = 8 * 1024 * 1024;
const Spooled = z.object({
  item: z.record(z.string(), z.record(z.string(), z.unknown())),
  payload: z.object({ key: z.string().startsWith('payloads/'), data: z.string() }).optional(),
});

/** Write what was spooled and take it off the spool. Doing so twice writes the same item again. */
export async function ingest(key: string): Promise<void> {
  const bucket = env('DATA_BUCKET');
  const spooled = await objects.get({ bucket, key }, mostBytes);
  if (!spooled) return;
  const { item, payload } = Spooled.parse(JSON.parse(spooled.toString()));
  if (payload) await objects.put({ bucket, key: payload.key }, Buffer.from(payload.data, 'base64'));
  await client.send(new PutItemCommand({ TableName: env('LOGS_TABLE'), Item: attributesOf(item) }));
  await objects.remove({ bucket, key });
}

/** The wire's spelling as the client takes it: bytes are bytes there. */
function attributesOf(item: z.infer<typeof Spooled>['item']) {
  const entries = Object.entries(item).map(([name, attribute]) => [
    name,
    typeof attribute.B === 'string' ? { B: Buffer.from(attribute.B, 'base64') } : attribute,
  ]);
  return Object.fromEntries(entries);
}
