import type { Deployment, HistoryEntry, Life } from './deployment.ts';
import { life as follows, status } from './deployment.ts';
import type { Model } from './model.ts';
import {
  ended,
  type Operation,
  type Outcome,
  type Refusal,
  type Request,
  type RequestOf,
} from './operation.ts';
import type { Project } from './project.ts';

/** What a decision is made from, all read strongly consistent. */
export interface Seen {
  project: Project;
  operation: Operation;
  /** The deployment that the request names. */
  deployment?: Deployment;
  /** The deployment that the pointer names. */
  production?: Deployment;
  /** The archived deployment to go back to. */
  target?: Deployment;
  /** The model to deploy or to go back to. */
  model?: Model;
  /** The number that the next deployment of this name gets. */
  nextVersion?: number;
}

export const eventTypes = [
  'deployment.created',
  'deployment.activated',
  'deployment.failed',
  'deployment.promoted',
  'deployment.rolled_back',
  'deployment.deactivated',
] as const;

export interface Event {
  seq: number;
  type: (typeof eventTypes)[number];
  project_id: string;
  dep: string;
  prev: string | null;
  op_id: string;
  actor: string;
  at: string;
}

/** One transaction: everything in it happens, or nothing. What was read is the condition of what is written. */
export interface Change {
  project: { before: Project; after: Project };
  deployments: { before?: Deployment; after: Deployment; history: HistoryEntry[] }[];
  event: Event;
  /** Absent while the operation goes on. */
  operation?: Operation;
}

export type Decision =
  | { do: 'write'; change: Change }
  /** Nothing to change: only the operation's own record is closed. */
  | { do: 'settle'; operation: Operation }
  /** Somebody has closed the operation already. */
  | { do: 'nothing'; outcome: Outcome }
  /** It would be written; first this model has to load, if any. */
  | { do: 'wait'; model_id: string | null };

/** Store a new deployment, before its model was ever loaded. */
export function reserve(request: RequestOf<'deploy'>, seen: Seen, at: string): Decision {
  const over = alreadyEnded(seen);
  if (over) return over;
  const { model } = seen;
  if (!model || model.project_id !== request.project_id) return refuse(seen, absent('Model'), at);
  if (model.status !== 'ready') return refuse(seen, not('Model is not ready'), at);
  // A step that was answered to nobody is done again: what it has stored stands.
  if (seen.deployment?.op_id === request.op_id) return { do: 'wait', model_id: seen.deployment.model_id };
  if (seen.deployment) return refuse(seen, not('Deployment exists'), at);
  const made = born(request, request.deployment_id, model, seen.nextVersion ?? 1, at);
  const history = [entry(1, { ...made, life: 'pending' }, request), entry(2, made, request)];
  return {
    do: 'write',
    change: {
      project: step(seen.project, { online: 1 }),
      deployments: [{ after: { ...made, h: 2 }, history }],
      event: event('deployment.created', seen, made.id, at),
    },
  };
}

/** Carry out what was asked, now that the model in question is known to load. */
export function carryOut(request: Request, seen: Seen, at: string): Decision {
  const over = alreadyEnded(seen);
  if (over) return over;
  assertPointer(seen);
  switch (request.kind) {
    case 'deploy':
      return activate(request, seen, at);
    case 'promote':
      return promote(request, seen, at);
    case 'rollback':
      return rollback(request, seen, at);
    case 'deactivate':
      return deactivate(request, seen, at);
  }
}

/** What would become of a request by now: what cannot come about is refused before a model is loaded for it. */
export function foresee(request: Request, seen: Seen, at: string): Decision {
  if (request.kind === 'deploy') return alreadyEnded(seen) ?? { do: 'wait', model_id: null };
  const decision = carryOut(request, seen, at);
  return decision.do === 'write' ? { do: 'wait', model_id: modelToLoad(request, seen) } : decision;
}

function modelToLoad(request: Request, { deployment, target, model }: Seen): string | null {
  if (request.kind === 'promote') return deployment?.model_id ?? null;
  return request.kind === 'rollback' ? (target?.model_id ?? model?.id ?? null) : null;
}

/** End an operation whose model does not load, or that was abandoned. A new deployment is then a failed one. */
export function giveUp(request: Request, seen: Seen, reason: string, at: string): Decision {
  const over = alreadyEnded(seen);
  if (over) return over;
  const { deployment } = seen;
  if (request.kind !== 'deploy') return refuse(seen, not(reason), at);
  if (!deployment || deployment.op_id !== request.op_id || !follows[deployment.life].includes('failed'))
    return refuse(seen, not(reason), at);
  const failed = moved(deployment, { life: 'failed', status_message: reason.slice(0, 1000) }, request, at);
  return write('deployment.failed', seen, { deployments: [failed], result: created(failed.after), at });
}

function activate(request: RequestOf<'deploy'>, seen: Seen, at: string): Decision {
  const { deployment, production } = seen;
  if (!deployment || deployment.op_id !== request.op_id || deployment.life !== 'deploying')
    return refuse(seen, not('Deployment has changed'), at);
  const active = { life: 'active', stage: request.stage, status_message: '' } as const;
  const up = moved(deployment, active, request, at);
  const result = created(up.after);
  if (request.stage === 'staging')
    return write('deployment.activated', seen, { deployments: [up], result, at });
  const deployments = [up, ...superseded(production, request, at)];
  return write('deployment.activated', seen, { deployments, prod: deployment.id, result, at });
}

function promote(request: RequestOf<'promote'>, seen: Seen, at: string): Decision {
  const { deployment, production, project } = seen;
  if (!deployment) return refuse(seen, absent('Deployment'), at);
  const changed = moreRecent(request, deployment);
  if (changed) return refuse(seen, changed, at);
  if (project.prod === deployment.id && deployment.life === 'active')
    return settle(seen, live(deployment.id, null), at);
  if (deployment.life === 'archived') return refuse(seen, not('Deployment is archived, use rollback'), at);
  if (deployment.life !== 'active') return refuse(seen, not(`Deployment is ${deployment.life}`), at);
  const up = moved(deployment, { stage: 'production' }, request, at);
  return write('deployment.promoted', seen, {
    deployments: [up, ...superseded(production, request, at)],
    prod: deployment.id,
    result: live(deployment.id, production?.id ?? null),
    at,
  });
}

function rollback(request: RequestOf<'rollback'>, seen: Seen, at: string): Decision {
  if (!seen.deployment) return refuse(seen, absent('Deployment'), at);
  const changed = moreRecent(request, seen.deployment);
  if (changed) return refuse(seen, changed, at);
  return request.to_deployment_id ? backToDeployment(request, seen, at) : backToModel(request, seen, at);
}

function backToDeployment(request: RequestOf<'rollback'>, seen: Seen, at: string): Decision {
  const { target, production, project } = seen;
  if (!target) return refuse(seen, absent('Deployment'), at);
  if (project.prod === target.id && target.life === 'active') return settle(seen, live(target.id, null), at);
  if (target.life !== 'archived') return refuse(seen, not('Target deployment is not archived'), at);
  const { archived_at: _, ...restored } = target;
  const again = { life: 'active', stage: 'production', status_message: '' } as const;
  const up = moved(restored, again, request, at);
  return write('deployment.rolled_back', seen, {
    deployments: [up, ...superseded(production, request, at)],
    prod: target.id,
    result: live(target.id, production?.id ?? null),
    at,
  });
}

function backToModel(request: RequestOf<'rollback'>, seen: Seen, at: string): Decision {
  const { deployment, production, model } = seen;
  if (!model || model.project_id !== request.project_id) return refuse(seen, absent('Model'), at);
  if (model.status !== 'ready') return refuse(seen, not('Model is not ready'), at);
  if (!deployment) return refuse(seen, absent('Deployment'), at);
  const like = { ...request, name: deployment.name, config: deployment.config, stage: 'production' as const };
  const made: Deployment = {
    ...born(like, request.new_deployment_id, model, seen.nextVersion ?? 1, at),
    life: 'active',
    stage: 'production',
    rolled_back_from: deployment.id,
  };
  return write('deployment.rolled_back', seen, {
    deployments: [
      { after: made, history: [entry(1, made, request)] },
      ...superseded(production, request, at),
    ],
    prod: made.id,
    result: live(made.id, production?.id ?? null),
    grown: { online: 1 },
    at,
  });
}

function deactivate(request: RequestOf<'deactivate'>, seen: Seen, at: string): Decision {
  const { deployment, project } = seen;
  if (!deployment) return refuse(seen, absent('Deployment'), at);
  const changed = moreRecent(request, deployment);
  if (changed) return refuse(seen, changed, at);
  if (deployment.life === 'archived') return settle(seen, { ok: true }, at);
  if (!follows[deployment.life].includes('archived'))
    return refuse(seen, not(`Deployment is ${deployment.life}`), at);
  const down = moved(deployment, { life: 'archived', stage: 'archived', archived_at: at }, request, at);
  const prod = project.prod === deployment.id ? null : project.prod;
  return write('deployment.deactivated', seen, { deployments: [down], prod, result: { ok: true }, at });
}

const absent = (what: string): Refusal => ({ code: 'notFound', detail: `${what} not found` });
const not = (why: string): Refusal => ({ code: 'conflict', detail: why });
const moreRecent = (request: Request, deployment: Deployment): Refusal | undefined =>
  request.if_match === undefined || request.if_match === deployment.rev
    ? undefined
    : { code: 'stale', detail: 'The object has changed' };

const live = (id: string, archived: string | null) => ({
  ok: true,
  deployment_id: id,
  stage: 'production',
  archived_deployment_id: archived,
});

/** The answer of a create, at whatever point of its life the new deployment is. */
export const created = (deployment: Deployment) => ({
  id: deployment.id,
  deployment_id: deployment.id,
  stage: deployment.stage,
  is_active: deployment.life === 'active',
  status: status[deployment.life],
});

const alreadyEnded = ({ operation }: Seen): Decision | undefined =>
  operation.outcome ? { do: 'nothing', outcome: operation.outcome } : undefined;

const settle = (seen: Seen, result: Record<string, unknown>, at: string): Decision => ({
  do: 'settle',
  operation: ended(seen.operation, { result }, at),
});
const refuse = (seen: Seen, refusal: Refusal, at: string): Decision => ({
  do: 'settle',
  operation: ended(seen.operation, { refusal }, at),
});

/** The pointer and the deployment it names must agree before anything else is decided. */
function assertPointer({ project, production }: Seen) {
  if (project.prod === null && production === undefined) return;
  if (production?.id === project.prod && production?.stage === 'production') return;
  throw new Error('invariant_broken: the pointer names a deployment that is not in production');
}

function born(
  wanted: Pick<RequestOf<'deploy'>, 'op_id' | 'project_id' | 'name' | 'stage' | 'config' | 'actor'>,
  id: string,
  model: Model,
  version: number,
  at: string,
): Deployment {
  return {
    id,
    project_id: wanted.project_id,
    kind: 'online',
    name: wanted.name,
    version,
    model_id: model.id,
    artifact_sha256: model.artifact?.sha256 ?? '',
    stage: 'staging',
    wanted_stage: wanted.stage,
    life: 'deploying',
    status_message: '',
    config: wanted.config,
    h: 1,
    rev: 1,
    op_id: wanted.op_id,
    log_shards: 1,
    retention_days: wanted.config.retention_days ?? 30,
    created_by: wanted.actor,
    created_at: at,
    updated_at: at,
  };
}

/** The next state of a deployment, with the one history entry that tells of it. */
function moved(before: Deployment, next: Partial<Deployment>, request: Request, at: string) {
  const after: Deployment = {
    ...before,
    ...next,
    h: before.h + 1,
    rev: before.rev + 1,
    op_id: request.op_id,
    updated_at: at,
  };
  assertLife(before.life, after.life);
  return { before, after, history: [entry(after.h, after, request)] };
}

function assertLife(from: Life, to: Life) {
  if (from !== to && !follows[from].includes(to)) throw new Error(`invariant_broken: ${from} became ${to}`);
}

const superseded = (production: Deployment | undefined, request: Request, at: string) =>
  production
    ? [moved(production, { life: 'archived', stage: 'archived', archived_at: at }, request, at)]
    : [];

const entry = (
  n: number,
  deployment: Deployment,
  request: Pick<Request, 'op_id' | 'actor'>,
): HistoryEntry => ({
  n,
  life: deployment.life,
  stage: deployment.stage,
  message: deployment.status_message,
  actor: request.actor,
  op_id: request.op_id,
  at: deployment.updated_at,
});

function write(
  type: Event['type'],
  seen: Seen,
  what: {
    deployments: Change['deployments'];
    result: Record<string, unknown>;
    at: string;
    /** Who is in production afterwards; absent where that does not change. */
    prod?: string | null;
    grown?: Partial<Project['total']>;
  },
): Decision {
  const [first] = what.deployments;
  return {
    do: 'write',
    change: {
      project: step(seen.project, what.grown, what.prod),
      deployments: what.deployments,
      event: event(type, seen, first?.after.id ?? '', what.at),
      operation: ended(seen.operation, { result: what.result }, what.at),
    },
  };
}

/** The project one change later. */
function step(before: Project, grown: Partial<Project['total']> = {}, prod = before.prod): Change['project'] {
  const { online, batch, external } = before.total;
  const total = {
    online: online + (grown.online ?? 0),
    batch: batch + (grown.batch ?? 0),
    external: external + (grown.external ?? 0),
  };
  const prev = prod === before.prod ? before.prev : before.prod;
  return { before, after: { ...before, seq: before.seq + 1, prod, prev, total } };
}

const event = (type: Event['type'], { project, operation }: Seen, dep: string, at: string): Event => ({
  seq: project.seq + 1,
  type,
  project_id: project.id,
  dep,
  prev: project.prod,
  op_id: operation.id,
  actor: operation.request.actor,
  at,
});
