/** The part of Amazon States Language, in its JSONata form, that runs here. */
export interface Machine {
  Comment?: string;
  QueryLanguage?: string;
  StartAt: string;
  States: Record<string, State>;
  TimeoutSeconds?: number;
}

export type Values = Record<string, unknown>;

/** A way out of a state: where to, remembering what, and with which output. */
export interface Exit {
  Next?: string;
  Assign?: Values;
  Output?: unknown;
}

export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  MaxAttempts?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: 'FULL' | 'NONE';
}

interface Catcher extends Exit {
  ErrorEquals: string[];
}

export interface State extends Exit {
  Type: string;
  End?: boolean;
  Resource?: string;
  Arguments?: unknown;
  TimeoutSeconds?: unknown;
  Choices?: (Exit & { Condition: unknown })[];
  Default?: string;
  Seconds?: unknown;
  Timestamp?: unknown;
  Branches?: Machine[];
  Items?: unknown;
  ItemSelector?: unknown;
  ItemReader?: { Arguments?: unknown; ReaderConfig?: { MaxItems?: unknown } };
  ItemProcessor?: Machine & { ProcessorConfig?: { Mode?: string } };
  ToleratedFailureCount?: unknown;
  ToleratedFailurePercentage?: unknown;
  MaxConcurrency?: unknown;
  Retry?: Retrier[];
  Catch?: Catcher[];
  Error?: unknown;
  Cause?: unknown;
}

/** What a machine needs of the world around it. */
export interface World {
  /** Call a function by the name or ARN in the machine; of `${name}` the name alone is given. */
  invoke(functionName: string, payload: unknown, signal?: AbortSignal): Promise<unknown>;
  /** Start a job of Spark and wait for its end; without it there is nothing here that runs one. */
  job?(asked: Values, signal?: AbortSignal): Promise<unknown>;
  /** The text of an object, for a Map that reads its items from one. */
  read?(bucket: string, key: string): Promise<string | undefined>;
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;
  /** Milliseconds since 1970. */
  now(): number;
  /** At least 0, less than 1. */
  random(): number;
  /** Hears of every state that is entered, for tests and rehearsals. */
  entered?(state: string): void;
}

/** An error in the words of Amazon States Language: its name, and the cause as message. */
export class Failed extends Error {
  constructor(name: string, cause = '') {
    super(cause);
    this.name = name;
  }
}

/** Where a run is: enough to go on from here in another process. */
export interface Progress {
  state: string;
  input: unknown;
  variables: Values;
  startedAt: number;
  enteredAt: number;
}

export interface RunOptions {
  signal?: AbortSignal;
  /** Go on from here instead of at the start. */
  from?: Progress;
  /** Told before each state of the machine itself, not of those inside Parallel and Map. */
  saved?(progress: Progress): void;
  /** What `$states.context` says of the execution and the machine. */
  context?: Values;
}

/** What the states of one run share. */
export interface Run {
  world: World;
  signal: AbortSignal;
  context: Values;
  deadline: number;
  /** States entered so far, as AWS bounds the history of an execution. */
  entered: { count: number };
}

export const timedOut = (what: string) => new Failed('States.Timeout', `${what} ran out of time`);

const whole = 'The execution';
export const executionTimedOut = () => timedOut(whole);
/** A machine that ran out of time ends otherwise than one that failed because a task did. */
export const isExecutionTimeout = (error: Failed) => error.message === executionTimedOut().message;
