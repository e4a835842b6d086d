import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { World } from './asl/machine.ts';
import { type Concurrency, isConcurrency, openConcurrency } from './awsConcurrency.ts';
import { type PublishedEntry, putEvents } from './awsEvents.ts';
import { type Executions, type Machines, openExecutions, realWorld } from './awsExecutions.ts';
import {
  awsProblem,
  type Fields,
  isAwsProblem,
  notKnown,
  readFields,
  sendJson,
  sendProblem,
} from './awsHttp.ts';
import { invokeLater, isInvocation } from './awsInvocations.ts';
import { openMail } from './awsMail.ts';
import type { AwsSchedules } from './awsSchedules.ts';
import { openSecrets } from './awsSecrets.ts';
import { stateOperations } from './awsStates.ts';
import { close, isForThisMachine, keepAliveTimeout, listen } from './loopback.ts';

export type { PublishedEntry } from './awsEvents.ts';
export type { Machines } from './awsExecutions.ts';

export interface ServicesOptions {
  /** By ARN; may be filled after the start. */
  machines: Machines;
  invoke: World['invoke'];
  publish: (entries: PublishedEntry[]) => unknown;
  /** The text of an S3 object, for a Map that reads its items from one. */
  read?: World['read'];
  /** What answers EventBridge Scheduler. */
  schedules?: AwsSchedules;
  home: string;
  port?: number;
  /** Another clock or chance, for tests. */
  world?: Partial<Omit<World, 'invoke' | 'read'>>;
}

export interface Services {
  url: string;
  /** Start a machine by its ARN, as a rule does. */
  start(stateMachineArn: string, input: string): void;
  /** Go on with executions whose machines were not there yet at the start. */
  resume(): void;
  stop(): Promise<void>;
}

/** The AWS calls besides DynamoDB and S3, on one port: each says by its header or path which it is. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { machines, invoke, publish, read, schedules, home } = options;
  const world: World = { ...realWorld, ...options.world, invoke, read };
  const executions = openExecutions(home, machines, world);
  const secrets = openSecrets({ file: join(home, 'secrets.json'), now: world.now });
  const mail = openMail({ folder: join(home, 'mail'), now: world.now });
  const apart = { 'Secrets Manager': secrets.answer, SES: mail.answer };
  const around = {
    ...{ executions, publish, schedules, concurrency: openConcurrency(), apart, invoke },
    now: world.now,
  };
  const server = createServer(
    { keepAliveTimeout },
    (request, response) => void answer(request, response, around),
  );
  const port = await listen(server, options.port ?? 0);
  executions.resume();
  const stop = async () => {
    const closed = close(server);
    await executions.close();
    await closed;
  };
  const start = (stateMachineArn: string, input: string) =>
    void stateOperations.StartExecution?.({ stateMachineArn, input }, executions, world.now);
  return { url: `http://127.0.0.1:${port}`, start, resume: executions.resume, stop };
}

interface Around {
  executions: Executions;
  publish: ServicesOptions['publish'];
  schedules?: AwsSchedules;
  concurrency: Concurrency;
  invoke: World['invoke'];
  /** Services that know nothing of the others; undefined is answered where the operation is not known. */
  apart: Record<string, (operation: string, fields: Fields) => object | undefined>;
  now: () => number;
}

async function answer(request: IncomingMessage, response: ServerResponse, around: Around): Promise<void> {
  try {
    const body = await decide(request, around);
    sendJson(response, 200, body);
  } catch (error) {
    if (isAwsProblem(error)) return sendProblem(response, error);
    if (!request.errored) console.error('AWS calls', error);
    sendProblem(response, awsProblem('InternalFailure', 'this machine made a mistake', 500));
  }
}

async function decide(request: IncomingMessage, around: Around): Promise<object> {
  const { executions, publish, now } = around;
  if (!isForThisMachine(request))
    throw awsProblem('AccessDeniedException', 'this host is not served here', 403);
  const protocol = request.headers['smithy-protocol'];
  if (protocol !== undefined)
    throw awsProblem(
      'NotImplemented',
      'the SDK speaks the protocol rpc-v2-cbor; only JSON is known here: pin the version of the SDK that spoke it',
      501,
    );
  const [service, operation] = called(request);
  if (service === 'EventBridge' && operation === 'PutEvents')
    return putEvents(await readFields(request), publish, now);
  if (service === 'Scheduler') return schedule(operation, request, around);
  if (service === 'Lambda') return lambda(operation, request.url ?? '', await readFields(request), around);
  const run =
    service === 'Step Functions' && Object.hasOwn(stateOperations, operation) && stateOperations[operation];
  if (run) return run(await readFields(request), executions, now);
  const answer = around.apart[service]?.(operation, await readFields(request));
  if (answer) return answer;
  throw notKnown(service, operation);
}

const lambda = (operation: string, url: string, fields: Fields, { invoke, concurrency }: Around): object =>
  operation === 'Invoke' ? invokeLater(invoke, url, fields) : concurrency(operation, url, fields);

/** Scheduler is told in the path which schedule is meant, and its group in the query where there is no body. */
async function schedule(operation: string, request: IncomingMessage, { schedules }: Around): Promise<object> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  const fields = { GroupName: searchParams.get('groupName') ?? undefined, ...(await readFields(request)) };
  const answer = schedules?.answer(operation, decodeURIComponent(pathname.split('/')[2] ?? ''), fields);
  if (!answer) throw notKnown('Scheduler', operation);
  return answer;
}

const targets: Record<string, string> = {
  AWSStepFunctions: 'Step Functions',
  AWSEvents: 'EventBridge',
  secretsmanager: 'Secrets Manager',
  DynamoDB_20120810: 'DynamoDB',
  DynamoDBStreams_20120810: 'DynamoDB Streams',
};

const ofSchedules: Record<string, string> = {
  POST: 'CreateSchedule',
  GET: 'GetSchedule',
  PUT: 'UpdateSchedule',
  DELETE: 'DeleteSchedule',
};

/** Which service and operation a request is for; JSON services say it in a header, REST services by their path. */
function called(request: IncomingMessage): [string, string] {
  const [, prefix, operation] =
    /^(\w{1,60})\.(\w{1,60})$/.exec(String(request.headers['x-amz-target'] ?? '')) ?? [];
  if (prefix && operation) return [targets[prefix] ?? prefix, operation];
  return calledByPath(request.method ?? '', request.url ?? '');
}

function calledByPath(method: string, url: string): [string, string] {
  const path = url.split('?')[0] ?? '';
  if (/^\/schedules\/[^/]+$/.test(path)) return ['Scheduler', ofSchedules[method] ?? method];
  if (isInvocation(url)) return ['Lambda', 'Invoke'];
  if (isConcurrency(url)) return ['Lambda', method];
  if (path === '/v2/email/outbound-emails') return ['SES', method === 'POST' ? 'SendEmail' : method];
  return ['The service', 'of this call'];
}
