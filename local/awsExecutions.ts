import { setTimeout as pause } from 'node:timers/promises';
import { check } from './asl/check.ts';
import { isExecutionTimeout, type Progress, type World } from './asl/machine.ts';
import { Failed, run } from './asl/run.ts';
import { asMachine } from './asl/visit.ts';
import { awsProblem } from './awsHttp.ts';
import { type Execution, openRuns } from './awsRuns.ts';

export interface MachineEntry {
  name: string;
  type: 'STANDARD' | 'EXPRESS';
  definition: object;
}

/** By ARN; may be filled after the start. */
export type Machines = Record<string, MachineEntry>;

const longest = 2 ** 31 - 1;

/** Sleep as long as asked, which a timer alone does only up to 24 days. */
async function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  for (let left = seconds * 1000; left > 0; left -= longest)
    await pause(Math.min(left, longest), undefined, signal ? { signal } : {});
}

export const realWorld = { sleep, now: Date.now, random: Math.random };

/** Thrown into a run that is to leave off but to stay as it is, to go on in the next process. */
const leaveOff = Symbol('leave off');

export type Executions = ReturnType<typeof openExecutions>;

/** The executions of all machines: those that run now, and the kept ones. */
export function openExecutions(home: string, machines: Machines, world: World) {
  const runs = openRuns(home, world.now());
  const running = new Map<string, { halt: AbortController; done: Promise<Execution> }>();
  const checked = new WeakSet<object>();

  function machineOf(arn: string): MachineEntry {
    const entry = Object.hasOwn(machines, arn) ? machines[arn] : undefined;
    if (!entry) throw awsProblem('StateMachineDoesNotExist', 'State Machine Does Not Exist');
    if (!checked.has(entry.definition)) {
      const problems = check(entry.definition);
      if (problems.length > 0) throw awsProblem('InvalidDefinition', problems.join('; '));
      checked.add(entry.definition);
    }
    return entry;
  }

  /** Begin or go on; the promise ends when the execution does. */
  function start(execution: Execution, from?: Progress): Promise<Execution> {
    const { executionArn, stateMachineArn } = execution;
    const entry = machineOf(stateMachineArn);
    const halt = new AbortController();
    const kept = entry.type === 'STANDARD';
    const done = carryOut(execution, entry, halt.signal, kept, from).finally(() =>
      running.delete(executionArn),
    );
    running.set(executionArn, { halt, done });
    return done;
  }

  async function carryOut(
    execution: Execution,
    entry: MachineEntry,
    signal: AbortSignal,
    kept: boolean,
    from?: Progress,
  ): Promise<Execution> {
    const options = {
      signal,
      from,
      saved: kept ? (progress: Progress) => runs.progress(execution.executionArn, progress) : undefined,
      context: contextOf(execution, entry),
    };
    const machine = asMachine(entry.definition);
    const end = await run(machine, JSON.parse(execution.input), world, options).then(
      (output): Partial<Execution> => ({ status: 'SUCCEEDED', output: JSON.stringify(output) }),
      (error) => endOf(error, signal),
    );
    if (!end) return execution;
    const ended = { ...execution, ...end, stopDate: world.now() };
    if (kept) runs.end(ended);
    return ended;
  }

  return {
    runs,
    machineOf,
    start,
    /** Go on with what was running when the last process ended, once its machine is known. */
    resume() {
      for (const { execution, from } of runs.open())
        if (!running.has(execution.executionArn) && Object.hasOwn(machines, execution.stateMachineArn))
          void start(execution, from);
    },
    async abort(executionArn: string, error?: string, cause?: string): Promise<Execution | undefined> {
      const one = running.get(executionArn);
      one?.halt.abort({ status: 'ABORTED', error, cause });
      return one?.done;
    },
    async close() {
      const all = [...running.values()];
      for (const { halt } of all) halt.abort(leaveOff);
      await Promise.all(all.map(({ done }) => done));
      runs.close();
    },
  };
}

/** How an execution that threw has ended; undefined when it has not, but goes on later. */
function endOf(error: unknown, signal: AbortSignal): Partial<Execution> | undefined {
  if (signal.aborted) return signal.reason === leaveOff ? undefined : signal.reason;
  if (!(error instanceof Failed)) {
    console.error('Step Functions', error);
    return { status: 'FAILED', error: 'States.Runtime', cause: 'the interpreter failed' };
  }
  const status = isExecutionTimeout(error) ? 'TIMED_OUT' : 'FAILED';
  return { status, error: error.name, cause: error.message };
}

const contextOf = (
  { executionArn, input, name, startDate, stateMachineArn }: Execution,
  entry: MachineEntry,
) => ({
  Execution: {
    Id: executionArn,
    Input: JSON.parse(input),
    Name: name,
    RoleArn: 'arn:aws:iam::000000000000:role/local',
    StartTime: new Date(startDate).toISOString(),
    RedriveCount: 0,
  },
  StateMachine: { Id: stateMachineArn, Name: entry.name },
});
