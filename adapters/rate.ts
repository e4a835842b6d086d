import * as dynamo from './aws/dynamo.ts';
import { env } from './aws/env.ts';

const minute = 60;

/** Add to what a caller has asked in a window, and give the sum over all environments. `ends` is in milliseconds. */
export async function add(caller: string, requests: number, ends: number): Promise<number> {
  const { n } = await dynamo.update({
    TableName: env('IDEMPOTENCY_TABLE'),
    Key: { pk: `R#${caller}#${ends}` },
    UpdateExpression: 'ADD n :n SET #exp = :exp',
    Names: { '#exp': 'exp' },
    Values: { ':n': requests, ':exp': Math.ceil(ends / 1000) + minute },
  });
  return Number(n);
}
