import type { Deployment, HistoryEntry, Life } from './deployment.ts';
import { life as follows } from './deployment.ts';
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
  /** Whether a deployment that runs elsewhere has the name. */
  takenElsewhere?: boolean;
  /** Whether the privacy policy of the deployment that is to run does not exist, or not any more. */
  policyGone?: boolean;
  /** Who has the name that a new batch deployment is to have, unless that was archived. */
  holder?: string;
}

type EventType =
  | 'deployment.created'
  | 'deployment.activated'
  | 'deployment.failed'
  | 'deployment.promoted'
  | 'deployment.rolled_back'
  | 'deployment.deactivated'
  | 'deployment.stopped'
  | 'deployment.started'
  | 'deployment.reported'
  | 'deployment.removed';

export interface Event {
  seq: number;
  type: EventType;
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

export const alreadyEnded = ({ operation }: Seen): Decision | undefined =>
  operation.outcome ? { do: 'nothing', outcome: operation.outcome } : undefined;

export const settle = (seen: Seen, result: Record<string, unknown>, at: string): Decision => ({
  do: 'settle',
  operation: ended(seen.operation, { result }, at),
});
export const refuse = (seen: Seen, refusal: Refusal, at: string): Decision => ({
  do: 'settle',
  operation: ended(seen.operation, { refusal }, at),
});

/** The pointer and the deployment it names must agree before anything else is decided. */
export function assertPointer({ project, production }: Seen) {
  if (project.prod === null && production === undefined) return;
  if (production?.id === project.prod && production?.stage === 'production') return;
  throw new Error('invariant_broken: the pointer names a deployment that is not in production');
}

export function born(
  wanted: Pick<RequestOf<'deploy'>, 'op_id' | 'project_id' | 'name' | 'stage' | 'config' | 'actor'> &
    Partial<Pick<RequestOf<'deploy'>, 'batch' | 'allowed_roles'>>,
  id: string,
  model: Model,
  version: number,
  at: string,
): Deployment {
  return {
    id,
    project_id: wanted.project_id,
    kind: wanted.batch ? 'batch' : 'online',
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
    ...(wanted.batch && { batch: wanted.batch, allowed_roles: wanted.allowed_roles ?? null }),
  };
}

/** The next state of a deployment, with the one history entry that tells of it. */
export function moved(before: Deployment, next: Partial<Deployment>, request: Request, at: string) {
  const after: Deployment = {
    ...before,
    ...next,
    h: before.h + 1,
    rev: before.rev + 1,
    op_id: request.op_id,
    updated_at: at,
    // What was reported of one life says nothing of the next.
    reported: next.life === undefined || next.life === before.life ? before.reported : undefined,
  };
  assertLife(before.life, after.life);
  return { before, after, history: [entry(after.h, after, request)] };
}

function assertLife(from: Life, to: Life) {
  if (from !== to && !follows[from].includes(to)) throw new Error(`invariant_broken: ${from} became ${to}`);
}

export const superseded = (production: Deployment | undefined, request: Request, at: string) =>
  production
    ? [moved(production, { life: 'archived', stage: 'archived', archived_at: at }, request, at)]
    : [];

export const entry = (
  n: number,
  deployment: Deployment,
  request: Pick<Request, 'op_id' | 'actor'>,
): HistoryEntry => ({
  n,
  life: deployment.life,
  stage: deployment.stage,
  ...(deployment.reported && { status: deployment.reported }),
  message: deployment.status_message,
  actor: request.actor,
  op_id: request.op_id,
  at: deployment.updated_at,
});

export function write(
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
export function step(
  before: Project,
  grown: Partial<Project['total']> = {},
  prod = before.prod,
): Change['project'] {
  const { online, batch, external } = before.total;
  const total = {
    online: online + (grown.online ?? 0),
    batch: batch + (grown.batch ?? 0),
    external: external + (grown.external ?? 0),
  };
  const prev = prod === before.prod ? before.prev : before.prod;
  return { before, after: { ...before, seq: before.seq + 1, prod, prev, total } };
}

export const event = (type: Event['type'], { project, operation }: Seen, dep: string, at: string): Event => ({
  seq: project.seq + 1,
  type,
  project_id: project.id,
  dep,
  prev: project.prod,
  op_id: operation.id,
  actor: operation.request.actor,
  at,
});
