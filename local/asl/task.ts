import { evaluate } from './expressions.ts';
import { Failed, type Run, type State, timedOut, type Values } from './machine.ts';

const longest = 2 ** 31 - 1;

/** Call a function or run a job, and no longer than the state allows. */
export async function task(state: State, scope: Values, run: Run): Promise<unknown> {
  const { world } = run;
  const asked = (await evaluate(state.Arguments ?? {}, scope, world)) as Values;
  const seconds = await evaluate(state.TimeoutSeconds ?? 99_999_999, scope, world);
  if (typeof seconds !== 'number' || seconds <= 0)
    throw new Failed('States.QueryEvaluationError', 'TimeoutSeconds is no positive number');
  const done = (work: (signal: AbortSignal) => Promise<unknown>) =>
    within(seconds, run, () => timedOut('The task'), work).catch((error) => {
      throw asFailed(error, run);
    });
  if (sparkJob.test(String(state.Resource)))
    return plainJson(await done((signal) => job(asked, run, signal)));
  const name = asked.FunctionName;
  if (typeof name !== 'string') throw new Failed('States.Runtime', 'FunctionName is not a text');
  const plain = /^\$\{(\w+)\}$/.exec(name)?.[1] ?? name;
  const Payload = await done((signal) => world.invoke(plain, asked.Payload ?? {}, signal));
  return { ExecutedVersion: '$LATEST', Payload: plainJson(Payload), StatusCode: 200 };
}

export const sparkJob = /^arn:aws[\w-]*:states:::emr-serverless:startJobRun\.sync$/;

async function job(asked: Values, { world }: Run, signal: AbortSignal): Promise<unknown> {
  if (world.job) return world.job(asked, signal);
  throw new Failed('States.TaskFailed', 'one machine runs no jobs of EMR Serverless');
}

/** A function answers JSON: nothing becomes null, a date becomes text. */
const plainJson = (value: unknown) => JSON.parse(JSON.stringify(value ?? null));

/** An error of a function keeps its name; the cause is worded as Lambda words it. */
function asFailed(error: unknown, { signal }: Run): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof Failed) return error;
  if (!(error instanceof Error)) return new Failed('Error', 'a function threw what is no error');
  if (['TimeoutError', 'States.Timeout', 'Sandbox.Timedout'].includes(error.name))
    return timedOut('The function');
  const cause = { errorType: error.name, errorMessage: error.message };
  return new Failed(error.name, JSON.stringify(cause));
}

/**
 * Work under a time limit, by the clock of the world and by the real one: a driven clock is looked at when
 * the work is done, and work that hangs is left alone by the real one.
 */
export async function within<T>(
  seconds: number,
  { world, signal }: Run,
  late: () => Failed,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const from = world.now();
  const halt = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), Math.min(seconds * 1000, longest));
  });
  const stopped = new Promise<never>((_, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true, signal: halt.signal });
  });
  try {
    const both = AbortSignal.any([signal, halt.signal]);
    const result = await Promise.race([work(both), over, stopped]);
    if (world.now() - from > seconds * 1000) throw late();
    return result;
  } finally {
    clearTimeout(timer);
    halt.abort();
  }
}
