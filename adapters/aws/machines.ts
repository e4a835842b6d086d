import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { BatchRun } from '../../domain/batch/run.ts';
import type { Run } from '../../domain/drift/run.ts';
import type { Request } from '../../domain/operation.ts';
import { env } from './env.ts';
import { limits } from './limits.ts';

const arns = {
  deploy: 'DEPLOY_ARN',
  promote: 'PROMOTE_ARN',
  rollback: 'ROLLBACK_ARN',
  deactivate: 'DEACTIVATE_ARN',
  // It loads no model either: the same steps decide it.
  stop: 'DEACTIVATE_ARN',
  // What is to serve again has to load first.
  start: 'PROMOTE_ARN',
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
export const startDrift = ({ id, deployment_id }: Run): Promise<void> =>
  started('DRIFT_ARN', `drift-${deployment_id}-${id}`, { job_id: id });

/** The same for a run of a batch deployment. */
export const startBatch = (run: BatchRun): Promise<void> => {
  const { project_id, deployment_id, run_id, scheduled_at } = run;
  return started('BATCHSCORE_ARN', run.airflow_run_id, { project_id, deployment_id, run_id, scheduled_at });
};

/** What became of the machine of a run: `absent` where it was never started. */
export async function stateOfBatch({ airflow_run_id }: BatchRun): Promise<'absent' | 'running' | 'over'> {
  const machine = env('BATCHSCORE_ARN').replace(':stateMachine:', ':execution:');
  try {
    const { status } = await sfn.send(
      new DescribeExecutionCommand({ executionArn: `${machine}:${airflow_run_id}` }),
    );
    return status === 'RUNNING' || status === 'PENDING_REDRIVE' ? 'running' : 'over';
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return 'absent';
    throw error;
  }
}

async function started(arn: 'DRIFT_ARN' | 'BATCHSCORE_ARN', name: string, input: object): Promise<void> {
  try {
    await sfn.send(
      new StartExecutionCommand({ stateMachineArn: env(arn), name, input: JSON.stringify(input) }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
}
