import * as z from 'zod';
import { BatchConfig } from './batch/config.ts';
import { Config, Kind, WantedStage } from './deployment.ts';
import { Id, Name, Time } from './fields.ts';

/** Where the answer to a request with an Idempotency-Key is kept, and who may write it there. */
export const Repeat = z.object({ pk: z.string(), owner: z.string() });
export type Repeat = z.infer<typeof Repeat>;

const common = {
  op_id: Id,
  project_id: Id,
  /** The deployment that is made or changed; for a rollback the one of the path. */
  deployment_id: Id,
  actor: z.string(),
  at: Time,
  /** The kind of that deployment; online where nothing is said. */
  deployment_kind: Kind.optional(),
  if_match: z.int().optional(),
  repeat: Repeat.optional(),
};

export const DeployRequest = z.object({
  ...common,
  kind: z.literal('deploy'),
  model_id: Id,
  name: Name,
  stage: WantedStage,
  config: Config,
  batch: BatchConfig.optional(),
  allowed_roles: z.array(z.string()).nullable().optional(),
  /** What the answer says besides. */
  warnings: z.array(z.string()).optional(),
});

/** A wanted change of what runs. Its times and ids are fixed at its start, so that an attempt can be repeated. */
export const Request = z.discriminatedUnion('kind', [
  DeployRequest,
  z.object({ ...common, kind: z.literal('promote') }),
  z.object({
    ...common,
    kind: z.literal('rollback'),
    to_deployment_id: Id.optional(),
    to_model_id: Id.optional(),
    new_deployment_id: Id,
  }),
  z.object({ ...common, kind: z.literal('deactivate') }),
  z.object({ ...common, kind: z.literal('stop') }),
  z.object({ ...common, kind: z.literal('start') }),
]);
export type Request = z.infer<typeof Request>;
export type RequestOf<K extends Request['kind']> = Extract<Request, { kind: K }>;

/** What a refused operation tells its caller. */
export const Refusal = z.object({
  code: z.enum(['notFound', 'conflict', 'stale', 'busy']),
  detail: z.string(),
});
export type Refusal = z.infer<typeof Refusal>;

/** How an operation ended: with the body of its answer, or refused. */
export const Outcome = z.union([
  z.object({ result: z.record(z.string(), z.unknown()) }),
  z.object({ refusal: Refusal }),
]);
export type Outcome = z.infer<typeof Outcome>;

export const Operation = z.object({
  id: Id,
  kind: z.enum(['deploy', 'promote', 'rollback', 'deactivate', 'stop', 'start']),
  project_id: Id,
  deployment_id: Id,
  state: z.enum(['running', 'committed', 'failed']),
  outcome: Outcome.nullable(),
  /** Kept whole, so that whoever closes an abandoned operation knows all that its starter knew. */
  request: Request,
  deadline: z.int(),
  created_at: Time,
  finished_at: Time.nullable(),
});
export type Operation = z.infer<typeof Operation>;

/** Seconds an operation may run: what is still running half a minute later is closed by the sweeper. */
const allowance: Record<Operation['kind'], number> = {
  deploy: 120,
  promote: 20,
  rollback: 20,
  deactivate: 20,
  stop: 20,
  start: 20,
};

export const begun = (request: Request): Operation => ({
  id: request.op_id,
  kind: request.kind,
  project_id: request.project_id,
  deployment_id: request.deployment_id,
  state: 'running',
  outcome: null,
  request,
  deadline: Date.parse(request.at) + allowance[request.kind] * 1000,
  created_at: request.at,
  finished_at: null,
});

/** The same operation at its end: a result commits it, a refusal fails it. */
export const ended = (operation: Operation, outcome: Outcome, at: string): Operation => ({
  ...operation,
  state: 'result' in outcome ? 'committed' : 'failed',
  outcome,
  finished_at: at,
});

const words = { running: 'running', committed: 'succeeded', failed: 'failed' } as const;

/** An operation as a job. */
export const shown = (operation: Operation) => ({
  id: operation.id,
  type: operation.kind,
  status: words[operation.state],
  progress: operation.state === 'running' ? 0 : 1,
  result: operation.outcome && 'result' in operation.outcome ? operation.outcome.result : null,
  error: operation.outcome && 'refusal' in operation.outcome ? operation.outcome.refusal.detail : null,
  deployment_id: operation.deployment_id,
  created_at: operation.created_at,
  started_at: operation.created_at,
  finished_at: operation.finished_at,
});
