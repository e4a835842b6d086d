import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { taken } from '../aws/conditional.ts';
import { env } from '../aws/env.ts';
import * as objects from '../aws/objects.ts';
import { client } from '../aws/table.ts';

const mostBytes = 8 * 1024 * 1024;
const Spooled = z.object({
  item: z.record(z.string(), z.record(z.string(), z.unknown())),
  payload: z.object({ key: z.string().startsWith('payloads/'), data: z.string() }).optional(),
});

/** The keys of what lies in the spool, in order of time, behind one of them; a thousand at most. */
export const list = (behind: string): Promise<string[]> => objects.list(env('DATA_BUCKET'), 'spool/', behind);

export const remove = (key: string): Promise<void> => objects.remove({ bucket: env('DATA_BUCKET'), key });

/** Whether the log is in its table all the same: what did not answer in time may have been written. */
export async function isWritten(key: string): Promise<boolean> {
  const spooled = await read(key);
  if (!spooled) return spooled === undefined;
  const { pk, sk } = attributesOf(spooled.item);
  const { Item } = await client.send(
    new GetItemCommand({ TableName: env('LOGS_TABLE'), Key: { pk, sk }, ConsistentRead: true }),
  );
  return Item !== undefined;
}

/** Write what was spooled and take it off the spool. What was written all the same stays as it has become since. */
export async function ingest(key: string): Promise<void> {
  const bucket = env('DATA_BUCKET');
  const spooled = await read(key);
  if (spooled === undefined) return;
  if (spooled === null) throw new Error('A spooled log cannot be read');
  const { item, payload } = spooled;
  if (payload) await objects.put({ bucket, key: payload.key }, Buffer.from(payload.data, 'base64'));
  await taken(
    client.send(
      new PutItemCommand({
        TableName: env('LOGS_TABLE'),
        Item: attributesOf(item),
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );
  await objects.remove({ bucket, key });
}

/** Undefined where it is gone, null where nobody can read it. */
async function read(key: string): Promise<z.infer<typeof Spooled> | null | undefined> {
  const spooled = await objects.get({ bucket: env('DATA_BUCKET'), key }, mostBytes);
  if (!spooled) return undefined;
  try {
    return Spooled.parse(JSON.parse(spooled.toString()));
  } catch {
    return null;
  }
}

/** The wire's spelling as the client takes it: bytes are bytes there. */
function attributesOf(item: z.infer<typeof Spooled>['item']) {
  const entries = Object.entries(item).map(([name, attribute]) => [
    name,
    typeof attribute.B === 'string' ? { B: Buffer.from(attribute.B, 'base64') } : attribute,
  ]);
  return Object.fromEntries(entries);
}
