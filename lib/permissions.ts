import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { OperationId } from '../contracts/routes.ts';
import type { background } from '../contracts/tasks.ts';
import { backtestRoutes, judgesAlerts } from './alertPermissions.ts';
import { alertRoutes } from './alertRoutes.ts';
import { batchRoutes } from './batchRoutes.ts';
import type { DataStack } from './data.ts';
import { leasesDrift } from './driftPermissions.ts';
import {
  announces,
  checks,
  deletes,
  follows,
  type Grant,
  gets,
  getsMany,
  puts,
  putsBeside,
  queries,
  reads,
  removes,
  runs,
  starts,
  stores,
  tells,
  tellsMissing,
  updates,
  updatesOnly,
} from './grants.ts';
import { knowsIssuers } from './issuers.ts';
import { liveRoutes } from './liveRoutes.ts';
import { deliveryRoutes } from './notify.ts';
import { privacyRoutes } from './privacyRoutes.ts';
import { readsSecrets } from './secrets.ts';
import type { Workflow } from './workflow.ts';
import { workspacesRoutes } from './workspacesRoutes.ts';

export type Grants<Id extends string> = Record<Id, readonly Grant[]>;
export type Step = 'beginOperation' | 'reserveDeployment' | 'probeModel' | 'commitChange';
export type Background = Exclude<
  keyof typeof background,
  'unknownRoute' | 'alignConcurrency' | 'alignSchedule' | 'startScheduledRun' | 'sweepRuns'
>;
export type Machines = Record<
  'deploy' | 'promote' | 'rollback' | 'deactivate' | 'drift' | 'batchScore',
  Workflow
>;

/** What the steps of a change may do. STATE, the pointer to what is in production, is written by `changes` alone. */
export function stepPermissions({
  control,
  idempotency,
  models,
}: DataStack): Grants<Step | 'sweepOperations'> {
  const sees = [gets(control, 'P#*', 'OP#*', 'MODELNAME#*', 'POLICY#*'), queries(control, 'P#*')];
  const closes = [puts(control, 'OP#*'), deletes(control, 'OPEN'), updates(idempotency, 'I#*')];
  const changes = [puts(control, 'P#*', 'DEP#*')];
  const adds = [puts(control, 'M#*', 'MODELNAME#*'), checks(control, 'P#*', 'OP#*', 'POLICY#*')];
  return {
    beginOperation: [...sees, ...closes, puts(control, 'OPEN')],
    reserveDeployment: [...sees, ...closes, ...changes, ...adds],
    probeModel: [
      gets(control, 'P#*'),
      reads(models, 'models'),
      stores(models, 'models'),
      updatesOnly(control, ['pk', 'sk', 'rev', 'images'], 'P#*'),
    ],
    commitChange: [...sees, ...closes, ...changes, ...adds],
    sweepOperations: [...sees, ...closes, ...changes, queries(control, 'OPEN')],
  };
}

/** What runs without a caller. */
export function backgroundPermissions(data: DataStack, bus: EventBus): Grants<Background> {
  const { control, logs, aggregates, data: files } = data;
  const closes = [
    gets(control, 'DEP#*', 'P#*'),
    gets(aggregates, 'S#*', 'OPEN#*'),
    queries(aggregates, 'L#*', 'A#*'),
    queries(logs),
    puts(aggregates, 'S#*', 'A#*', 'L#*', 'OPEN#*'),
    updates(aggregates, 'S#*'),
    deletes(aggregates, 'S#*', 'OPEN#*'),
  ];
  return {
    publishEvents: [announces(bus), follows(control)],
    sweepOperations: stepPermissions(data).sweepOperations,
    aggregateLogs: [
      follows(logs),
      gets(aggregates, 'L#*'),
      updates(aggregates, 'L#*'),
      puts(aggregates, 'S#*', 'OPEN#*'),
      // Below `aws` the mapping itself keeps what the function gave up.
      stores(files, 'dead', 'aws'),
      tellsMissing(files),
      puts(control, 'DEAD#*'),
    ],
    closeHours: [...closes, queries(aggregates, 'OPEN#*', 'S#*'), queries(control, 'PROJECTS', 'P#*')],
    evaluateAlerts: judgesAlerts(data),
    redriveLogs: [
      ...closes,
      reads(files, 'dead', 'aws'),
      tellsMissing(files),
      removes(files, 'dead', 'aws'),
      queries(control, 'DEAD#*'),
      deletes(control, 'DEAD#*'),
    ],
    ingestSpool: [
      reads(files, 'spool'),
      tellsMissing(files),
      stores(files, 'payloads'),
      puts(logs),
      gets(logs),
      removes(files, 'spool'),
    ],
  };
}

/** What each endpoint may do: a route without a line here does not compile. */
export function routePermissions(data: DataStack, machine: Machines): Grants<OperationId> {
  const { control, logs, aggregates, idempotency, keys, models, data: files } = data;
  const caller = [
    gets(keys, 'K#*'),
    updatesOnly(keys, ['pk', 'last_used_at'], 'K#*'),
    updatesOnly(idempotency, ['pk', 'n', 'exp'], 'R#*'),
    knowsIssuers,
  ];
  const repeats = [gets(idempotency, 'I#*'), puts(idempotency, 'I#*'), updates(idempotency, 'I#*')];
  const everyProject = [queries(control, 'PROJECTS'), getsMany(control, 'P#*')];
  const modelViews = [gets(control, 'P#*'), queries(control, 'P#*', 'MODELNAME#*')];
  const deployment = gets(control, 'DEP#*', 'P#*');
  const operation = gets(control, 'OP#*');
  const policy = gets(control, 'POLICY#*');

  return {
    createProject: [...caller, ...repeats, puts(control, 'P#*', 'PROJECTS', 'WS#*', 'OUT#*')],
    listProjects: [...caller, ...everyProject, queries(control, 'P#*')],
    getProject: [...caller, gets(control, 'P#*'), queries(control, 'P#*')],

    registerModel: [
      ...caller,
      ...repeats,
      gets(control, 'P#*', 'MODELNAME#*'),
      putsBeside(control, 'P#*', 'M#*', 'MODELNAME#*', 'OUT#*'),
      stores(models, 'uploads'),
    ],
    completeModel: [
      ...caller,
      ...repeats,
      gets(control, 'M#*'),
      ...modelViews,
      putsBeside(control, 'P#*', 'OUT#*'),
      reads(models, 'uploads'),
      tellsMissing(models),
      stores(models, 'models', 'baselines'),
    ],
    listModels: [...caller, ...everyProject, ...modelViews],
    getModel: [...caller, gets(control, 'M#*'), ...modelViews],
    putAlias: [
      ...caller,
      ...repeats,
      gets(control, 'MODELNAME#*', 'P#*'),
      puts(control, 'MODELNAME#*', 'OUT#*'),
    ],
    deleteAlias: [
      ...caller,
      ...repeats,
      gets(control, 'MODELNAME#*'),
      deletes(control, 'MODELNAME#*'),
      tells(control),
    ],

    createDeployment: [
      ...caller,
      ...repeats,
      gets(control, 'P#*', 'M#*', 'POLICY#*'),
      operation,
      runs(machine.deploy),
    ],
    listDeployments: [...caller, gets(control, 'P#*'), queries(control, 'P#*')],
    getDeployment: [...caller, deployment],
    promoteDeployment: [...caller, ...repeats, deployment, operation, runs(machine.promote)],
    rollbackDeployment: [...caller, ...repeats, deployment, operation, runs(machine.rollback)],
    deactivateDeployment: [...caller, ...repeats, deployment, operation, runs(machine.deactivate)],

    predict: [
      ...caller,
      deployment,
      reads(models, 'models'),
      puts(logs),
      stores(files, 'payloads', 'spool'),
      policy,
      readsSecrets('privacy'),
      tells(control),
    ],
    listInferenceLogs: [
      ...caller,
      deployment,
      queries(logs),
      gets(aggregates, 'S#*'),
      queries(aggregates, 'S#*', 'L#*'),
      reads(files, 'payloads'),
    ],
    reportActuals: [
      ...caller,
      ...repeats,
      deployment,
      policy,
      readsSecrets('privacy'),
      getsMany(logs),
      updatesOnly(logs, ['pk', 'sk', 'a', 'u'], '*'),
      updates(aggregates, 'Q#*'),
      tells(control),
    ],
    getMetrics: [...caller, deployment, queries(aggregates, 'S#*', 'L#*', 'A#*', 'Q#*')],

    getDrift: [
      ...caller,
      deployment,
      policy,
      gets(aggregates, 'R#*'),
      queries(aggregates, 'R#*'),
      reads(models, 'models'),
    ],
    runDrift: [
      ...caller,
      ...repeats,
      deployment,
      operation,
      puts(control, 'OP#*', 'OPEN', 'OUT#*'),
      leasesDrift(control),
      starts(machine.drift),
    ],

    ...alertRoutes(data, { caller, repeats }),
    ...backtestRoutes(data, caller),
    ...deliveryRoutes(data, { caller, repeats }),
    ...batchRoutes(data, machine, { caller, repeats }),
    ...liveRoutes(data, machine, { caller, repeats }),
    ...workspacesRoutes(data, caller, repeats),

    ...privacyRoutes(data, { caller, repeats }),

    getJob: [...caller, operation],
    createApiKey: [
      ...caller,
      ...repeats,
      queries(control, 'KEYS'),
      puts(keys, 'K#*'),
      puts(control, 'KEYS', 'OUT#none'),
    ],
    listApiKeys: [...caller, queries(control, 'KEYS')],
    revokeApiKey: [
      ...caller,
      ...repeats,
      gets(control, 'KEYS'),
      updates(keys, 'K#*'),
      puts(control, 'KEYS', 'OUT#none'),
    ],
    listAudit: [...caller, gets(control, 'P#*'), queries(control, 'P#*', 'OUT#*')],
    listAccessAudit: [...caller, queries(control, 'P#none', 'OUT#none')],
    getHealth: [],
    getOpenapi: [],
  };
}
