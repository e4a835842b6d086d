import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { openSchedules } from './awsSchedules.ts';
import { indexStreams, pruneStreams, startDynamodb } from './dynamodb.ts';
import { createEvents } from './events.ts';
import { createFunctions } from './functions.ts';
import { startGateway } from './gateway/server.ts';
import { takeLock } from './lock.ts';
import { keepLogSmall } from './log.ts';
import { cleanEnv, close, freePort, listen } from './loopback.ts';
import { startS3 } from './s3/server.ts';
import { startSchedules } from './schedules.ts';
import { startServices } from './services.ts';
import { makeBuckets, makeTables } from './stores.ts';
import { startStreams } from './streams.ts';
import { startSweeper } from './sweeper.ts';
import { toTargets } from './targets.ts';
import { type Plan, readPlan } from './template/plan.ts';
import { type Application, slipway, synthesize } from './template/synth.ts';
import { watchProcess } from './watch.ts';

export interface PlatformSettings {
  /** Where all data lies; it is made when it is not there. */
  home: string;
  /** 0 for any that is free. */
  port?: number;
  progress?(step: string): void;
  application?: Application;
  /** Aborted when the start is to be given up. */
  signal?: AbortSignal;
  /** Deliver every batch of a stream twice. */
  twice?: boolean;
}

/** Where each service of this machine answers. */
interface Urls {
  api: string;
  dynamodb: string;
  s3: string;
  services: string;
}

export interface Platform {
  url: string;
  urls: Urls;
  plan: Plan;
  home: string;
  /** What every function finds in its environment besides its own names. */
  env: Record<string, string>;
  /** Resolves when the database has ended without being asked to: nothing works from then on. */
  lost: Promise<void>;
  /** Start a function's worker before somebody waits for it. */
  warm(name: string): void;
  /** From now on `GET /healthz` says so. */
  ready(): void;
  stop(): Promise<void>;
}

/** The whole platform but its sample and its first key. */
export async function startPlatform(settings: PlatformSettings): Promise<Platform> {
  const { home, signal, application = slipway, twice } = settings;
  const progress = (step: string) => {
    signal?.throwIfAborted();
    settings.progress?.(step);
  };
  const ending: (() => unknown)[] = [];
  /** Remember how a part is ended; parts end in the order opposite to their start. */
  const part = <T extends { stop(): unknown }>(started: T): T => {
    ending.push(() => started.stop());
    return started;
  };
  const stop = async () => {
    for (let end = ending.pop(); end; end = ending.pop()) await end();
  };

  try {
    const lock = await takeLock(home);
    ending.push(lock.release);
    const port = await portFor(settings.port ?? 0);
    const givenUp = new AbortController();
    ending.push(() => givenUp.abort());
    const over = AbortSignal.any([givenUp.signal, ...(signal ? [signal] : [])]);
    const making = template(home, application, progress, over);
    // The database starts meanwhile; a failure of the template is met below.
    making.catch(() => {});
    const database = part(await startDynamodb({ home }));
    lock.database(database.pid);
    const watch = part(watchProcess(database.pid));
    progress('database');
    const plan = readPlan(await making, `http://127.0.0.1:${port}`);
    await makeTables(database.url, plan.tables);
    indexStreams(database.file);

    const functions = createFunctions();
    const { invoke } = functions;
    const call = toTargets(invoke, (machine, input) => services.start(machine, input));
    const events = part(createEvents({ ...plan, file: join(home, 'events.sqlite'), invoke: call }));
    const noted = new Set(plan.buckets.flatMap(({ name, events }) => (events ? [name] : [])));
    const s3 = part(
      await startS3({
        folder: join(home, 's3'),
        onCreated: (bucket, key) => {
          if (noted.has(bucket)) events.objectCreated(bucket, key);
        },
      }),
    );
    await makeBuckets(s3.url, plan.buckets);
    const schedules = part(
      openSchedules({ file: join(home, 'batch-schedules.json'), deliver: events.deliver }),
    );
    const machines: Parameters<typeof startServices>[0]['machines'] = {};
    const services = part(
      await startServices({
        ...{ machines, invoke: functions.call, publish: events.publish, home, read: s3.read },
        schedules,
      }),
    );
    const env = environment(database.url, s3.url, services.url, emptied(join(home, 'tmp')));
    const log = join(home, 'log');
    functions.open(plan.functions, { root: application.root, env, log, cache: join(home, 'compile-cache') });
    part(functions);
    functions.warm('predict');
    for (const { arn, ...machine } of plan.machines) machines[arn] = machine;
    services.resume();
    events.resume();
    progress('functions');

    let open = false;
    const gateway = part(await startGateway({ routes: plan.routes, invoke, port, ready: () => open }));
    part(
      await startStreams({ ...plan, url: database.url, invoke, home, twice, prune: pruneOf(database.file) }),
    );
    part(keepLogSmall(log));
    part(startSweeper({ url: database.url, tables: plan.tables }));
    part(startSchedules({ rules: plan.rules, file: join(home, 'schedules.json'), fire: events.fire }));
    schedules.start();
    progress('gateway');

    const urls = { api: gateway.url, dynamodb: database.url, s3: s3.url, services: services.url };
    const ready = () => {
      open = true;
    };
    return { url: gateway.url, urls, plan, home, env, lost: watch.lost, warm: functions.warm, ready, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const pruneOf = (file: string) => (table: string, upTo: bigint) => pruneStreams(file, table, upTo);

async function template(
  home: string,
  application: Application,
  progress: (step: string) => void,
  over: AbortSignal,
) {
  mkdirSync(home, { recursive: true });
  const { folder, made } = await synthesize(home, application, over);
  progress(made ? 'template, made anew' : 'template');
  return folder;
}

/** A disk of an environment, which lasts as long as it does. */
function emptied(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return folder;
}

/** What the SDK reads: one address for each service, and no way to another. */
const environment = (dynamodb: string, s3: string, services: string, disk: string) =>
  cleanEnv({
    TMPDIR: disk,
    AWS_ENDPOINT_URL: services,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: dynamodb,
    AWS_ENDPOINT_URL_S3: s3,
    AWS_ENDPOINT_URL_SFN: services,
    AWS_ENDPOINT_URL_EVENTBRIDGE: services,
    AWS_ENDPOINT_URL_SCHEDULER: services,
    AWS_ENDPOINT_URL_SESV2: services,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: services,
  });

/** Find out before the work begins that the port is somebody else's. */
async function portFor(wanted: number): Promise<number> {
  if (wanted === 0) return freePort();
  const probe = createServer();
  try {
    return await listen(probe, wanted);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${wanted} is taken by another program. Choose another one: PORT=8889 npm start`);
  } finally {
    if (probe.listening) await close(probe);
  }
}
