import * as machines from '../../../adapters/aws/machines.ts';
import * as operations from '../../../adapters/deployments/operations.ts';
import { machineOutput } from '../../../contracts/tasks.ts';
import type { Caller } from '../../../domain/apiKey.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import type { Operation, Outcome, Repeat, Request } from '../../../domain/operation.ts';
import { Problem, unsettled } from '../../../domain/problem.ts';
import { now } from '../clock.ts';

/** What every change of a deployment says: who wants it, of which deployment, as of which revision. */
export const asked = (
  deployment: Deployment,
  given: { operationId: string; repeat?: Repeat; ifMatch?: number; caller: Caller },
) => ({
  op_id: given.operationId,
  project_id: deployment.project_id,
  deployment_id: deployment.id,
  actor: given.caller.id,
  at: now(),
  if_match: given.ifMatch,
  repeat: given.repeat,
});

type Way = { before?: string; header(name: string, value: string): void };
type Body = Record<string, unknown>;

/**
 * Carry out a change of what runs: the body of its answer, or the operation where it is not over yet. When the
 * machine does not tell how it ended, the operation's own record does.
 */
export async function run(request: Request, { before, header }: Way): Promise<Body | Operation> {
  const earlier = before === undefined ? undefined : await operations.get(before);
  header('x-operation-id', earlier?.state === 'committed' ? earlier.id : request.op_id);
  if (earlier?.state === 'running') throw unsettled(earlier.id);
  if (earlier?.state === 'committed') return told(earlier);
  const answer = await machines.run(request);
  if (answer !== undefined) return toldBy(machineOutput.parse(answer).answer);
  const operation = await operations.get(request.op_id).catch(() => undefined);
  if (!operation) throw unsettled(request.op_id);
  return told(operation);
}

export const isRunning = (answer: Body | Operation): answer is Operation => answer.state === 'running';

/** The same, where an operation that is not over is no answer. */
export async function finished<B>(request: Request, way: Way): Promise<B> {
  const answer = await run(request, way);
  if (isRunning(answer)) throw unsettled(request.op_id);
  return answer as B;
}

const told = (operation: Operation): Body | Operation =>
  operation.outcome ? toldBy(operation.outcome) : operation;

function toldBy(outcome: Outcome): Body {
  if ('result' in outcome) return outcome.result;
  const { code, detail } = outcome.refusal;
  throw new Problem(code, detail, code === 'busy' ? { 'retry-after': '1' } : {});
}
