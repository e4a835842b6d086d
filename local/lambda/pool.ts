import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { LambdaPlan } from '../template/plan.ts';
import { type Host, startProcess, startThread } from './host.ts';
import type { Boot, Reply } from './messages.ts';

/** The most that a function may be given, and the most that it may answer. */
export const mostBytes = 6 * 1024 * 1024;
const mostWaiting = 1000;

/** How an invocation ended, in JSON: a result, or Lambda's {errorType, errorMessage, trace}. */
export type Invocation = { ok: true; payload: string } | { ok: false; payload: string };

export interface PoolSettings {
  root: string;
  /** What every function's environment holds besides its own part of the template. */
  env: Record<string, string>;
  /** Where functions' output and compiled code go. */
  log: string;
  cache: string;
  /** How long a worker may wait for its next event; one that waits longer is ended. */
  idleMs?: number;
  /** How many events of one function may be in work at once. */
  most?: number;
}

/** One function as it runs here: as many workers as there are calls at once, up to a bound. */
export interface Pool {
  invoke(event: string): Promise<Invocation>;
  /** Start a worker before somebody waits for it. */
  warm(): void;
  stop(): Promise<void>;
}

interface Job {
  event: string;
  settle(invocation: Invocation): void;
}

interface Seat {
  host: Host;
  job?: Job;
  timer?: NodeJS.Timeout;
  idleSince: number;
}

export function createPool(
  fn: LambdaPlan,
  { root, env, log, cache, most = 4, idleMs = 120_000 }: PoolSettings,
): Pool {
  const seats = new Set<Seat>();
  const idle: Seat[] = [];
  const waiting: Job[] = [];
  let stopped = false;

  function start(): Seat {
    const boot: Boot = {
      source: join(root, fn.source),
      name: fn.name,
      arn: fn.arn,
      memoryMb: fn.memoryMb,
      log,
      cache,
      loud: process.env.SLIPWAY_LOG === '1',
    };
    const startHost = fn.apart ? startProcess : startThread;
    const host = startHost(boot, environment(fn, env), {
      reply: (reply) => finish(seat, reply),
      // A worker that dies takes its event with it, as an environment does on AWS.
      fail: (error) => lose(seat, failure('Runtime.UnhandledPromiseRejection', error.message)),
      gone: () => lose(seat, failure('Runtime.ExitError', `${fn.name} ended before it answered`)),
    });
    const seat: Seat = { idleSince: Date.now(), host };
    seats.add(seat);
    return seat;
  }

  function work(seat: Seat, job: Job) {
    const limit = fn.timeoutSeconds * 1000;
    const deadline = Date.now() + limit;
    seat.job = job;
    seat.timer = setTimeout(() => {
      lose(seat, failure('Sandbox.Timedout', `Task timed out after ${fn.timeoutSeconds.toFixed(2)} seconds`));
    }, limit);
    seat.host.post({ requestId: randomUUID(), event: job.event, deadline });
  }

  function rest(seat: Seat) {
    seat.idleSince = Date.now();
    idle.push(seat);
  }

  function retire() {
    for (const seat of [...idle])
      if (Date.now() - seat.idleSince > idleMs)
        lose(seat, failure('Runtime.ExitError', `${fn.name} was ended`));
  }
  const retiring = setInterval(retire, idleMs / 4);
  retiring.unref();

  function finish(seat: Seat, reply: Reply) {
    const { job } = seat;
    clearTimeout(seat.timer);
    seat.job = undefined;
    const next = waiting.shift();
    if (next) work(seat, next);
    else rest(seat);
    job?.settle('result' in reply ? bounded(reply.result) : { ok: false, payload: reply.error });
  }

  /** Give up a worker and the event it had; whoever waits gets a new one. */
  function lose(seat: Seat, lost: Invocation) {
    if (!seats.delete(seat)) return;
    clearTimeout(seat.timer);
    const place = idle.indexOf(seat);
    if (place >= 0) idle.splice(place, 1);
    void seat.host.end();
    seat.job?.settle(lost);
    const next = stopped ? undefined : waiting.shift();
    if (next) work(start(), next);
  }

  return {
    warm: () => {
      if (seats.size === 0) rest(start());
    },
    invoke: (event) => {
      if (stopped) return Promise.resolve(failure('ServiceException', 'the functions have been stopped'));
      if (Buffer.byteLength(event) > mostBytes)
        return Promise.resolve(failure('RequestTooLargeException', 'the event is larger than 6 MB'));
      if (waiting.length >= mostWaiting)
        return Promise.resolve(failure('TooManyRequestsException', 'Rate Exceeded.'));
      return new Promise((settle) => {
        const job = { event, settle };
        const free = idle.pop();
        if (free) work(free, job);
        else if (seats.size < most) work(start(), job);
        else waiting.push(job);
      });
    },
    stop: async () => {
      stopped = true;
      clearInterval(retiring);
      const ended = [...seats].map(({ host }) => host.end());
      for (const job of waiting.splice(0))
        job.settle(failure('ServiceException', 'the functions have been stopped'));
      await Promise.all(ended);
    },
  };
}

const environment = (fn: LambdaPlan, env: Record<string, string>) => ({
  ...env,
  ...fn.env,
  AWS_LAMBDA_FUNCTION_NAME: fn.name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
});

const bounded = (payload: string): Invocation =>
  Buffer.byteLength(payload) <= mostBytes
    ? { ok: true, payload }
    : failure(
        'Function.ResponseSizeTooLarge',
        'Response payload size exceeded maximum allowed payload size.',
      );

const failure = (errorType: string, errorMessage: string): Invocation => ({
  ok: false,
  payload: JSON.stringify({ errorType, errorMessage, trace: [] }),
});
