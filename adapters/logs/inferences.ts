import { millisecondsOf } from '../../domain/id.ts';
import { hourOf, type Log } from '../../domain/log.ts';
import { attributes } from '../aws/attributes.ts';
import * as dynamo from '../aws/dynamo.ts';
import { env } from '../aws/env.ts';
import * as objects from '../aws/objects.ts';
import { logItem } from './logCodec.ts';

export type Written = 'logged' | 'spooled' | 'dropped';

/**
 * Write a log within its time. A prediction never fails for its log: what the table does not take at once goes to
 * the spool under the key that it was to have, and what even the spool refuses is counted.
 */
export async function record(log: Log, shards: number): Promise<Written> {
  const day = hourOf(millisecondsOf(log.id)).slice(0, 8);
  const { item, payload } = logItem(log, shards, `payloads/${log.deployment_id}/${day}/${log.id}`);
  try {
    if (payload && item.r) await keep(item.r.key, payload, 200);
    await dynamo.put(env('LOGS_TABLE'), item, { timeout: 200, attempts: 1 });
    return 'logged';
  } catch {
    const whole = {
      item: attributes(item),
      payload: payload && { key: item.r?.key, data: payload.toString('base64') },
    };
    return spool(item.pk.split('#')[1] ?? '', log.id, JSON.stringify(whole));
  }
}

const spool = (hour: string, id: string, whole: string): Promise<Written> =>
  keep(`spool/${hour}/${id}`, whole, 500).then(
    () => 'spooled',
    () => 'dropped',
  );

const keep = (key: string, body: string | Uint8Array, timeout: number) =>
  objects.put({ bucket: env('DATA_BUCKET'), key }, body, { timeout });
