import { Failed, type Retrier, type Run, type State } from './machine.ts';

/** Errors that end an execution whatever it catches. */
const terminal = ['States.DataLimitExceeded', 'States.Runtime'];

/** Whether a retrier or a catcher speaks of an error. */
export function speaksOf({ ErrorEquals }: { ErrorEquals: string[] }, error: Failed): boolean {
  if (ErrorEquals.includes(error.name)) return true;
  if (terminal.includes(error.name)) return false;
  if (ErrorEquals.includes('States.ALL')) return true;
  return ErrorEquals.includes('States.TaskFailed') && error.name !== 'States.Timeout';
}

/** How long to wait before a retry, when `tried` of them were made before. */
export function delayOf(retrier: Retrier, tried: number, random: () => number): number {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity, JitterStrategy } = retrier;
  const delay = Math.min(IntervalSeconds * BackoffRate ** tried, MaxDelaySeconds);
  return JitterStrategy === 'FULL' ? random() * delay : delay;
}

/** Try the work again as long as the state's retriers allow; each counts on its own. */
export async function persist<T>(
  state: State,
  run: Run,
  attempt: (retries: number) => Promise<T>,
): Promise<T> {
  const tried = new Map<Retrier, number>();
  for (let retries = 0; ; retries++) {
    try {
      return await attempt(retries);
    } catch (error) {
      const delay = nextDelay(state.Retry ?? [], error, tried, run);
      if (delay === undefined) throw error;
      await run.world.sleep(delay, run.signal);
      run.signal.throwIfAborted();
    }
  }
}

/** The delay before the next try, counted; undefined when no retrier allows one. */
function nextDelay(retriers: Retrier[], error: unknown, tried: Map<Retrier, number>, run: Run) {
  if (!(error instanceof Failed) || run.signal.aborted) return undefined;
  const retrier = retriers.find((one) => speaksOf(one, error));
  if (!retrier) return undefined;
  const before = tried.get(retrier) ?? 0;
  if (before >= (retrier.MaxAttempts ?? 3)) return undefined;
  tried.set(retrier, before + 1);
  return delayOf(retrier, before, run.world.random);
}
