import {
  ExecutionAlreadyExists,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Run } from '../../domain/drift/run.ts';
import type { Request } from '../../domain/operation.ts';
import { env } from './env.ts';
import { limits } from './limits.ts';

const arns = {
  deploy: 'DEPLOY_ARN',
  promote: 'PROMOTE_ARN',
  rollback: 'ROLLBACK_ARN',
  deactivate: 'DEACTIVATE_ARN',
} as const;

/** A machine answers when it is done: the caller waits this long and then asks the operation's record. */
export const sfn = new SFNClient({
  ...limits(20_000),
  maxAttempts: 1,
  // A stand-in on this machine has no `sync-` host.
  disableHostPrefix: (process.env.AWS_ENDPOINT_URL ?? process.env.AWS_ENDPOINT_URL_SFN) !== undefined,
});

/** Run the machine of a change to its end. Undefined: it did not tell how it ended. */
export async function run(request: Request): Promise<unknown> {
  const { status, output } = await sfn
    .send(
      new StartSyncExecutionCommand({
        stateMachineArn: env(arns[request.kind]),
        name: `${request.kind}-${request.op_id}`,
        input: JSON.stringify(request),
      }),
    )
    .catch(() => ({ status: undefined, output: undefined }));
  return status === 'SUCCEEDED' && output ? JSON.parse(output) : undefined;
}

/** Start what computes a run, under its own name: to start it again, running or ended, is the same as once. */
export async function startDrift({ id, deployment_id }: Run): Promise<void> {
  try {
    await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: env('DRIFT_ARN'),
        name: `drift-${deployment_id}-${id}`,
        input: JSON.stringify({ job_id: id }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
}
