import { endpoint, send } from './signed.ts';

/** Call a function by its ARN without waiting for what it answers; Lambda itself tries again what fails. */
export async function invoke(arn: string, event: object): Promise<void> {
  const answer = await send({
    service: 'lambda',
    method: 'POST',
    url: `${endpoint('lambda')}/2015-03-31/functions/${encodeURIComponent(arn)}/invocations`,
    headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' },
    body: JSON.stringify(event),
    timeout: 5_000,
    attempts: 3,
  });
  if (answer.status >= 300) throw new Error(`lambda answered an invocation with ${answer.status}`);
}
