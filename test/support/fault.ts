import {
  ConditionalCheckFailedException,
  InternalServerError,
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';

export const faultKinds = [
  'throttled',
  'serverError',
  'timeoutBefore',
  'timeoutAfter',
  'resetAfter',
  'conflict',
  'condition',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** A place in a scenario: the n-th time (from 1) a command is sent. */
export type Site = { command: string; nth: number };
export type Fault = Site & { kind: FaultKind };

/** A plan at work: what was called so far and which faults came true. */
export type Faults = {
  readonly sites: readonly Site[];
  readonly fired: readonly Fault[];
  /** One attempt of a call; for transports that are not an SDK client. */
  around<T>(command: string, run: () => Promise<T>): Promise<T>;
};

const $metadata = { attempts: 1, totalRetryDelay: 0 };
const failed = (name: string, code?: string): Error =>
  Object.assign(new Error('the request did not end well'), { name, ...(code ? { code } : {}) });
const cancelled = (Code: string): Error =>
  new TransactionCanceledException({
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${Code}]`,
    CancellationReasons: [{ Code }],
    $metadata: { ...$metadata, httpStatusCode: 400 },
  } as ConstructorParameters<typeof TransactionCanceledException>[0]);

const errors: Readonly<Record<FaultKind, (transaction: boolean) => Error>> = {
  throttled: () =>
    Object.assign(
      new ProvisionedThroughputExceededException({
        message: 'The level of configured provisioned throughput was exceeded',
        $metadata: { ...$metadata, httpStatusCode: 400 },
      }),
      { $retryable: { throttling: true } },
    ),
  serverError: () =>
    new InternalServerError({
      message: 'Internal server error',
      $metadata: { ...$metadata, httpStatusCode: 500 },
    }),
  timeoutBefore: () => failed('TimeoutError'),
  timeoutAfter: () => failed('TimeoutError'),
  resetAfter: () => failed('Error', 'ECONNRESET'),
  conflict: (transaction) =>
    transaction
      ? cancelled('TransactionConflict')
      : new TransactionConflictException({
          message: 'Transaction is ongoing for the item',
          $metadata: { ...$metadata, httpStatusCode: 400 },
        }),
  condition: (transaction) =>
    transaction
      ? cancelled('ConditionalCheckFailed')
      : new ConditionalCheckFailedException({
          message: 'The conditional request failed',
          $metadata: { ...$metadata, httpStatusCode: 400 },
        }),
};

/** Each fault happens once, at its site. With an empty plan a dry run lists the sites. */
export function faults(plan: readonly Fault[]): Faults {
  const sites: Site[] = [];
  const fired: Fault[] = [];
  const times = new Map<string, number>();
  return {
    sites,
    fired,
    around: async (command, run) => {
      const nth = (times.get(command) ?? 0) + 1;
      times.set(command, nth);
      sites.push({ command, nth });
      const fault = plan.find((one) => one.command === command && one.nth === nth);
      if (!fault) return run();
      fired.push(fault);
      const after = fault.kind === 'timeoutAfter' || fault.kind === 'resetAfter';
      if (after) await run().catch(() => {});
      throw errors[fault.kind](command.startsWith('Transact'));
    },
  };
}

type Middleware = (
  next: (step: object) => Promise<object>,
  context: { commandName?: string },
) => (step: object) => Promise<object>;

/** Inside the client's retry: a fault costs one attempt. A client has one plan at a time; the next replaces it. */
export function injectFaults(client: { middlewareStack: unknown }, plan: Faults): void {
  const stack = client.middlewareStack as { addRelativeTo(middleware: Middleware, options: object): void };
  stack.addRelativeTo(
    (next, context) => (step) =>
      plan.around((context.commandName ?? '').replace(/Command$/, ''), () => next(step)),
    { name: 'fault', relation: 'after', toMiddleware: 'retryMiddleware', override: true },
  );
}

export const singles = (sites: readonly Site[], kinds: readonly FaultKind[] = faultKinds): Fault[][] =>
  sites.flatMap((site) => kinds.map((kind) => [{ ...site, kind }]));

/** Two faults at two different sites, each pair of sites once. */
export const doubles = (sites: readonly Site[], kinds: readonly FaultKind[] = faultKinds): Fault[][] =>
  sites.flatMap((first, at) =>
    sites.slice(at + 1).flatMap((second) =>
      kinds.flatMap((one) =>
        kinds.map((other) => [
          { ...first, kind: one },
          { ...second, kind: other },
        ]),
      ),
    ),
  );

type Token = { getRetryCount(): number; getRetryDelay(): number; getRetryCost(): number };

/** The client's own decision what may be tried again, without its pauses: `new DynamoDBClient({ retryStrategy })`. */
export function retryAtOnce(attempts: number) {
  const token = (count: number): Token => ({
    getRetryCount: () => count,
    getRetryDelay: () => 0,
    getRetryCost: () => 0,
  });
  return {
    acquireInitialRetryToken: async () => token(0),
    refreshRetryTokenForRetry: async (last: Token, { errorType }: { errorType: string }) => {
      const next = last.getRetryCount() + 1;
      if (errorType === 'CLIENT_ERROR' || next >= attempts) throw new Error('no attempt is left');
      return token(next);
    },
    recordSuccess: () => {},
  };
}
