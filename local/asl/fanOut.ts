import { evaluate } from './expressions.ts';
import { Failed, type Machine, type Run, type State, type Values } from './machine.ts';

/** How an inner machine is run, given by the interpreter itself. */
export type Inner = (machine: Machine, input: unknown, scope: Values, run: Run) => Promise<unknown>;

/** An inline Map runs at most so many at once, as on AWS. */
const mostAtOnce = 40;

export async function parallel(state: State, input: unknown, scope: Values, run: Run, inner: Inner) {
  const given = state.Arguments === undefined ? input : await evaluate(state.Arguments, scope, run.world);
  const branches = state.Branches ?? [];
  return together(branches, branches.length, run, (branch, _, one) => inner(branch, given, scope, one));
}

export async function map(state: State, input: unknown, scope: Values, run: Run, inner: Inner) {
  const processor = state.ItemProcessor as Machine;
  const apart = state.ItemProcessor?.ProcessorConfig?.Mode === 'DISTRIBUTED';
  const items = await itemsOf(state, input, scope, run);
  const atOnce = await wholeNumber('MaxConcurrency', state.MaxConcurrency ?? 0, scope, run);
  const tolerated = apart ? await tolerance(state, items.length, scope, run) : 0;
  const work = async (item: unknown, Index: number, one: Run) => {
    const context = { ...one.context, Map: { Item: { Index, Value: item } } };
    const seen = { ...scope, states: { ...(scope.states as Values), context } };
    const given =
      state.ItemSelector === undefined ? item : await evaluate(state.ItemSelector, seen, one.world);
    // An execution of its own knows no variable from outside, and counts its states by itself.
    return apart
      ? inner(processor, given, {}, { ...one, context, entered: { count: 0 } })
      : inner(processor, given, seen, { ...one, context });
  };
  const results = await together(items, Math.min(atOnce || mostAtOnce, mostAtOnce), run, work, tolerated);
  return apart ? results.filter((result) => result !== undefined) : results;
}

async function itemsOf(state: State, input: unknown, scope: Values, run: Run): Promise<unknown[]> {
  if (state.ItemReader) return readItems(state.ItemReader, scope, run);
  const items = state.Items === undefined ? input : await evaluate(state.Items, scope, run.world);
  if (!Array.isArray(items)) throw new Failed('States.QueryEvaluationError', 'Items is no array');
  return items;
}

async function readItems(
  reader: NonNullable<State['ItemReader']>,
  scope: Values,
  run: Run,
): Promise<unknown[]> {
  const { Bucket, Key } = (await evaluate(reader.Arguments ?? {}, scope, run.world)) as Values;
  const most = await wholeNumber('MaxItems', reader.ReaderConfig?.MaxItems ?? 0, scope, run);
  const unreadable = new Failed('States.ItemReaderFailed', 'the object is not there or is no JSON array');
  try {
    const items: unknown = JSON.parse((await run.world.read?.(String(Bucket), String(Key))) ?? '');
    if (Array.isArray(items)) return most === 0 ? items : items.slice(0, most);
  } catch {
    throw unreadable;
  }
  throw unreadable;
}

async function wholeNumber(name: string, value: unknown, scope: Values, { world }: Run): Promise<number> {
  const number = await evaluate(value, scope, world);
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0) return number;
  throw new Failed('States.QueryEvaluationError', `${name} is no whole number`);
}

/** How many items may fail: both limits hold where both are given, and none is the limit where neither is. */
async function tolerance(state: State, items: number, scope: Values, run: Run): Promise<number> {
  const { ToleratedFailureCount: count, ToleratedFailurePercentage: percentage } = state;
  if (count === undefined && percentage === undefined) return 0;
  const byCount = count === undefined ? items : await wholeNumber('ToleratedFailureCount', count, scope, run);
  const share = percentage === undefined ? 100 : await evaluate(percentage, scope, run.world);
  if (typeof share !== 'number')
    throw new Failed('States.QueryEvaluationError', 'ToleratedFailurePercentage is no number');
  return Math.min(byCount, Math.floor((items * share) / 100));
}

/** Results in order, a few at a time. One failure too many stops what still runs, and is waited out. */
async function together<T>(
  items: T[],
  atOnce: number,
  run: Run,
  work: (item: T, index: number, run: Run) => Promise<unknown>,
  tolerated = 0,
): Promise<unknown[]> {
  const halt = new AbortController();
  const one = { ...run, signal: AbortSignal.any([run.signal, halt.signal]) };
  const results: unknown[] = [];
  const failures: unknown[] = [];
  let next = 0;
  async function worker() {
    for (let index = next++; index < items.length && failures.length <= tolerated; index = next++) {
      try {
        results[index] = await work(items[index] as T, index, one);
      } catch (error) {
        failures.push(error);
        if (failures.length > tolerated) halt.abort(error);
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  run.signal.throwIfAborted();
  if (failures.length <= tolerated) return Array.from(results);
  if (tolerated === 0) throw failures[0];
  throw new Failed('States.ExceedToleratedFailureThreshold', 'more items failed than the Map tolerates');
}
