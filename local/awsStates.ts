import { randomUUID } from 'node:crypto';
import type { Executions } from './awsExecutions.ts';
import { awsProblem, type Fields, optionalText, parseJson, textOf } from './awsHttp.ts';
import type { Execution } from './awsRuns.ts';

type Operation = (fields: Fields, executions: Executions, now: () => number) => object | Promise<object>;

const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? undefined : milliseconds / 1000;

/** The operations of Step Functions that the product uses. */
export const stateOperations: Record<string, Operation> = {
  StartExecution(fields, executions, now) {
    const begun = beginning(fields, executions, now);
    const { executionArn } = begun;
    if (executions.machineOf(begun.stateMachineArn).type === 'STANDARD') {
      const there = executions.runs.get(executionArn);
      if (there) return sameAgain(there, begun);
      executions.runs.put(begun);
    }
    void executions.start(begun);
    return { executionArn, startDate: seconds(begun.startDate) };
  },

  async StartSyncExecution(fields, executions, now) {
    const begun = beginning(fields, executions, now);
    if (executions.machineOf(begun.stateMachineArn).type !== 'EXPRESS')
      throw awsProblem(
        'StateMachineTypeNotSupported',
        'This operation is not supported by this type of state machine',
      );
    const ended = await executions.start(begun);
    if (ended.status === 'RUNNING') throw awsProblem('InternalError', 'The server is stopping', 500);
    return { ...shown(ended), billingDetails: { billedDurationInMilliseconds: 0, billedMemoryUsedInMB: 64 } };
  },

  DescribeExecution: (fields, { runs }) => shown(found(runs.get(textOf(fields, 'executionArn')))),

  ListExecutions(fields, executions) {
    const arn = textOf(fields, 'stateMachineArn');
    if (executions.machineOf(arn).type === 'EXPRESS')
      throw awsProblem(
        'StateMachineTypeNotSupported',
        'This operation is not supported by this type of state machine',
      );
    const token = optionalText(fields, 'nextToken') ?? '0';
    if (!/^\d{1,9}$/.test(token)) throw awsProblem('InvalidToken', 'The nextToken is not one of ours');
    const limit = Math.min(Number(fields.maxResults) || 100, 1000);
    const list = executions.runs.list(
      arn,
      optionalText(fields, 'statusFilter') ?? '',
      limit + 1,
      Number(token),
    );
    const page = list.slice(0, limit).map(({ executionArn, stateMachineArn, name, status, ...dates }) => ({
      executionArn,
      stateMachineArn,
      name,
      status,
      startDate: seconds(dates.startDate),
      stopDate: seconds(dates.stopDate),
    }));
    return { executions: page, nextToken: list.length > limit ? String(Number(token) + limit) : undefined };
  },

  async StopExecution(fields, executions, now) {
    const arn = textOf(fields, 'executionArn');
    const there = found(executions.runs.get(arn));
    const error = optionalText(fields, 'error');
    const cause = optionalText(fields, 'cause');
    const ended = there.status === 'RUNNING' ? await executions.abort(arn, error, cause) : there;
    if (ended) return { stopDate: seconds(ended.stopDate ?? now()) };
    // Left open by an earlier process, and its machine is not there to go on with it.
    executions.runs.end({ ...there, status: 'ABORTED', error, cause, stopDate: now() });
    return { stopDate: seconds(now()) };
  },
};

function found(execution: Execution | undefined): Execution {
  if (!execution) throw awsProblem('ExecutionDoesNotExist', 'Execution Does Not Exist');
  return execution;
}

/** An execution that is about to begin, from what a caller asks. */
function beginning(fields: Fields, executions: Executions, now: () => number): Execution {
  const stateMachineArn = textOf(fields, 'stateMachineArn');
  const { type } = executions.machineOf(stateMachineArn);
  const input = optionalText(fields, 'input') ?? '{}';
  if (parseJson(input) === undefined || Buffer.byteLength(input) > 262_144)
    throw awsProblem('InvalidExecutionInput', 'The input is no JSON or too large');
  const name = optionalText(fields, 'name') ?? randomUUID();
  if (!/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u.test(name))
    throw awsProblem('InvalidName', 'The name is not valid');
  const [kind, once] = type === 'STANDARD' ? ['execution', ''] : ['express', `:${randomUUID()}`];
  const executionArn = `${stateMachineArn.replace(':stateMachine:', `:${kind}:`)}:${name}${once}`;
  return { executionArn, stateMachineArn, name, status: 'RUNNING', input, startDate: now() };
}

/** The same name again: the same execution while it is open and was given the same, and nothing after. */
function sameAgain(there: Execution, begun: Execution): object {
  const same = JSON.stringify(parseJson(there.input)) === JSON.stringify(parseJson(begun.input));
  if (there.status !== 'RUNNING' || !same)
    throw awsProblem('ExecutionAlreadyExists', 'Execution Already Exists under this name');
  return { executionArn: there.executionArn, startDate: seconds(there.startDate) };
}

function shown(execution: Execution): object {
  const included = { included: true };
  return {
    ...execution,
    startDate: seconds(execution.startDate),
    stopDate: seconds(execution.stopDate),
    inputDetails: included,
    outputDetails: execution.output === undefined ? undefined : included,
  };
}
