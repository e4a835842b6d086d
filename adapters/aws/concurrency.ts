import { env } from './env.ts';
import { type Answered, endpoint, send } from './signed.ts';

/** Set how many environments of a function's alias AWS keeps started; 0 gives all of them back. */
export async function keepStarted(executions: number): Promise<void> {
  const started = await asked();
  if (started === executions) return;
  if (executions === 0) await call('DELETE');
  else await call('PUT', JSON.stringify({ ProvisionedConcurrentExecutions: executions }));
}

/** How many AWS was last asked for and has not failed to start. */
async function asked(): Promise<number> {
  const answer = await call('GET');
  if (answer === undefined) return 0;
  const { RequestedProvisionedConcurrentExecutions: executions, Status } = JSON.parse(answer);
  return Status === 'FAILED' ? -1 : Number(executions);
}

/** What the service answered; undefined where nothing was ever asked for. */
async function call(method: 'GET' | 'PUT' | 'DELETE', body?: string): Promise<string | undefined> {
  const { name, alias } = warm();
  const answer = await send({
    service: 'lambda',
    method,
    url: `${endpoint('lambda')}/2019-09-30/functions/${name}/provisioned-concurrency?Qualifier=${alias}`,
    ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
    timeout: 5_000,
    attempts: 3,
  });
  if (method === 'GET' && answer.status === 404 && nothingAsked(answer)) return undefined;
  if (answer.status >= 300) throw new Error(`lambda answered ${method} with ${answer.status}`);
  return answer.body.toString();
}

/** The same status says that there is no such function or alias, and that is our fault. */
const nothingAsked = ({ headers, body }: Answered) =>
  `${headers['x-amzn-errortype']} ${body}`.includes('ProvisionedConcurrencyConfigNotFound');

/** The function and its alias, from the name that the alias has among all. */
function warm() {
  const [name = '', alias = ''] = env('WARM_ARN').split(':').slice(-2);
  return { name, alias };
}
