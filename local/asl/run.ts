import { evaluate } from './expressions.ts';
import { map, parallel } from './fanOut.ts';
import {
  type Exit,
  executionTimedOut,
  Failed,
  type Machine,
  type Progress,
  type Run,
  type RunOptions,
  type State,
  type Values,
  type World,
} from './machine.ts';
import { persist, speaksOf } from './retry.ts';
import { task, within } from './task.ts';

export { Failed, type Machine } from './machine.ts';

const mostBytes = 256 * 1024;
const mostStates = 25_000;

/**
 * Run a machine to its end and return its output. An error that it does not catch is thrown as `Failed`;
 * when the signal stops it, its reason is thrown.
 */
export async function run(machine: Machine, input: unknown, world: World, options: RunOptions = {}) {
  const { from } = options;
  const startedAt = from?.startedAt ?? world.now();
  const seconds = machine.TimeoutSeconds;
  const deadline = seconds === undefined ? Infinity : startedAt + seconds * 1000;
  const signal = options.signal ?? new AbortController().signal;
  const all = { world, signal, context: options.context ?? {}, deadline, entered: { count: 0 } };
  const start = from ?? { state: machine.StartAt, input, variables: {}, startedAt, enteredAt: startedAt };
  const work = (under: AbortSignal) => walk(machine, start, { ...all, signal: under }, options.saved);
  if (deadline === Infinity) return work(signal);
  const left = (deadline - world.now()) / 1000;
  if (left <= 0) throw executionTimedOut();
  return within(left, all, executionTimedOut, work);
}

/** From state to state until one has no next. */
async function walk(
  machine: Machine,
  start: Progress,
  run: Run,
  saved?: RunOptions['saved'],
): Promise<unknown> {
  let here = start;
  for (;;) {
    enter(here, run);
    saved?.(here);
    const state = machine.States[here.state];
    if (!state) throw new Failed('States.Runtime', 'a state leads to one that is not there');
    const { next, output, variables } = await pass(state, here, run);
    if (next === undefined) return output;
    here = { ...here, state: next, input: output, variables, enteredAt: run.world.now() };
  }
}

function enter(here: Progress, { signal, world, deadline, entered }: Run): void {
  signal.throwIfAborted();
  if (world.now() > deadline) throw executionTimedOut();
  entered.count += 1;
  if (entered.count > mostStates)
    throw new Failed('States.Runtime', 'the execution goes through too many states');
  world.entered?.(here.state);
}

interface Leaving {
  exit: Exit;
  facts: Values;
  otherwise: unknown;
}

/** Go through one state: do its work, and leave by the exit that the outcome names. */
async function pass(state: State, here: Progress, run: Run) {
  const context = {
    ...run.context,
    State: { Name: here.state, EnteredTime: new Date(here.enteredAt).toISOString(), RetryCount: 0 },
  };
  const states = { input: here.input, context };
  try {
    return await settle(await outcome(state, here, { ...here.variables, states }, run), here, states, run);
  } catch (error) {
    const mine = error instanceof Failed && !run.signal.aborted;
    const catcher = mine && state.Catch?.find((one) => speaksOf(one, error));
    if (!catcher) throw error;
    const errorOutput = { Error: error.name, Cause: error.message };
    return settle({ exit: catcher, facts: { errorOutput }, otherwise: errorOutput }, here, states, run);
  }
}

async function outcome(state: State, here: Progress, scope: Values, run: Run): Promise<Leaving> {
  if (state.Type === 'Choice')
    return { exit: await choose(state, scope, run.world), facts: {}, otherwise: here.input };
  const done = await persist(state, run, (retries) => work(state, here, retried(scope, retries), run));
  return { exit: state, ...done };
}

/** What a state hands on: its output and the variables, all read before any is written. */
async function settle({ exit, facts, otherwise }: Leaving, here: Progress, states: Values, { world }: Run) {
  const known = { ...here.variables, states: { ...states, ...facts } };
  const output = exit.Output === undefined ? otherwise : await evaluate(exit.Output, known, world);
  const assigned = (await evaluate(exit.Assign ?? {}, known, world)) as Values;
  if (Buffer.byteLength(JSON.stringify([output, assigned])) > mostBytes)
    throw new Failed('States.DataLimitExceeded', 'what a state hands on is larger than 256 KiB');
  return { next: exit.Next, output, variables: { ...here.variables, ...assigned } };
}

function retried(scope: Values, RetryCount: number): Values {
  if (RetryCount === 0) return scope;
  const states = scope.states as { context: { State: Values } };
  const State = { ...states.context.State, RetryCount };
  return { ...scope, states: { ...states, context: { ...states.context, State } } };
}

/** The first rule whose condition is true; a condition that is no truth value is an error. */
async function choose(state: State, scope: Values, world: World): Promise<Exit> {
  for (const choice of state.Choices ?? []) {
    const answer = await evaluate(choice.Condition, scope, world);
    if (typeof answer !== 'boolean')
      throw new Failed('States.QueryEvaluationError', 'a Condition is neither true nor false');
    if (answer) return choice;
  }
  if (state.Default === undefined) throw new Failed('States.NoChoiceMatched', 'no rule of a Choice holds');
  return { ...state, Next: state.Default };
}

/** What a state does by its type; `result` is there only for those that have one. */
async function work(state: State, here: Progress, scope: Values, run: Run): Promise<Omit<Leaving, 'exit'>> {
  const { input } = here;
  const inner = (machine: Machine, given: unknown, known: Values, one: Run) => {
    const { states: _, ...variables } = known;
    const now = one.world.now();
    return walk(
      machine,
      { state: machine.StartAt, input: given, variables, startedAt: now, enteredAt: now },
      one,
    );
  };
  const withResult = (result: unknown) => ({ facts: { result }, otherwise: result });
  switch (state.Type) {
    case 'Task':
      return withResult(await task(state, scope, run));
    case 'Parallel':
      return withResult(await parallel(state, input, scope, run, inner));
    case 'Map':
      return withResult(await map(state, input, scope, run, inner));
    case 'Wait':
      await wait(state, here, scope, run);
      return { facts: {}, otherwise: input };
    case 'Fail':
      throw await failure(state, scope, run.world);
    default:
      return { facts: {}, otherwise: input };
  }
}

async function failure(state: State, scope: Values, world: World): Promise<Failed> {
  const [error, cause] = await Promise.all(
    [state.Error ?? '', state.Cause ?? ''].map((part) => evaluate(part, scope, world)),
  );
  return new Failed(String(error), String(cause));
}

/** Until so long after the state was entered: a run that goes on elsewhere waits only for the rest. */
async function wait(state: State, here: Progress, scope: Values, { world, signal }: Run): Promise<void> {
  const until =
    state.Timestamp === undefined
      ? here.enteredAt + Number(await evaluate(state.Seconds, scope, world)) * 1000
      : Date.parse(String(await evaluate(state.Timestamp, scope, world)));
  if (!Number.isFinite(until)) throw new Failed('States.QueryEvaluationError', 'a Wait without a time');
  const left = (until - world.now()) / 1000;
  if (left > 0) await world.sleep(left, signal);
  signal.throwIfAborted();
}
