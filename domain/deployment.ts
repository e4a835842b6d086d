import * as z from 'zod';
import { BatchConfig } from './batch/config.ts';
import { Id, Name, Time, text } from './fields.ts';
import { RuntimeConfiguration } from './live/runtime.ts';
import { KeptColumnMap } from './privacy/columns.ts';
import { Status } from './workspaces/words.ts';

export const Kind = z.enum(['online', 'batch', 'external']);
export type Kind = z.infer<typeof Kind>;
export const Life = z.enum(['pending', 'deploying', 'active', 'failed', 'stopped', 'archived']);
export type Life = z.infer<typeof Life>;
export const Stage = z.enum(['staging', 'production', 'archived']);
export const WantedStage = z.enum(['staging', 'production']);

/** Which lives may follow which. `archived` becomes active by a rollback alone. */
export const life: Record<Life, readonly Life[]> = {
  pending: ['deploying', 'failed'],
  deploying: ['active', 'failed'],
  active: ['stopped', 'archived', 'failed'],
  failed: ['deploying', 'archived'],
  stopped: ['active', 'archived'],
  archived: ['active'],
};

/** What the caller set; what he did not set is absent. */
export const Config = z.object({
  name: Name,
  traffic_percent: z.int().min(1).max(100),
  privacy_policy_id: Id.nullable().optional(),
  privacy_anonymize_logs: z.boolean().optional(),
  privacy_anonymize_response: z.boolean().optional(),
  privacy_column_map: KeptColumnMap.optional(),
  privacy_threshold: z.number().min(0).max(1).optional(),
  retention_days: z.int().min(1).max(365).optional(),
  drift: z
    .object({ window_hours: z.int().min(1).max(720).default(168), ignore: z.array(z.string()).optional() })
    .optional(),
  /** Which branch of its model it was deployed from, and what it asks to run on: set in the live dialect. */
  branch: z.string().optional(),
  runtime: RuntimeConfiguration.optional(),
});
export type Config = z.infer<typeof Config>;

export const Deployment = z.object({
  id: Id,
  project_id: Id,
  kind: Kind,
  name: Name,
  /** Which deployment of this name in its project, from 1. */
  version: z.int().min(1),
  model_id: Id,
  artifact_sha256: z.string(),
  stage: Stage,
  wanted_stage: WantedStage,
  life: Life,
  status_message: z.string(),
  config: Config,
  /** Number of history entries. */
  h: z.int().min(1),
  /** Grows with every write; the ETag. */
  rev: z.int().min(1),
  /** The operation that may still write to it. */
  op_id: Id,
  log_shards: z.int().min(1).max(64),
  retention_days: z.int().min(1).max(365),
  rolled_back_from: Id.optional(),
  /** Of a batch deployment: what it reads, scores and writes. */
  batch: BatchConfig.optional(),
  /** Roles of which a user needs one to run or manage it; without any, of a batch deployment: platform keys only. */
  allowed_roles: z.array(z.string()).nullable().optional(),
  /** What a controller reported since its life changed last; it moves nothing. */
  reported: Status.optional(),
  model_provider_id: z.string().optional(),
  created_by: z.string(),
  created_at: Time,
  updated_at: Time,
  archived_at: Time.optional(),
  /** Only while it is stopped. */
  stopped_at: Time.optional(),
});
export type Deployment = z.infer<typeof Deployment>;

/** One step of a deployment's life as it is kept for auditors. */
export const HistoryEntry = Deployment.pick({ life: true, stage: true, op_id: true }).extend({
  n: z.int().min(1),
  message: text(0, 1000),
  /** The status that was reported; absent where the life says it. */
  status: Status.optional(),
  /** A step that the workspaces dialect does not tell of. */
  quiet: z.literal(true).optional(),
  actor: z.string(),
  at: Time,
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/** How each life reads in the native dialect. */
export const status: Record<Life, 'active' | 'inactive' | 'failed'> = {
  pending: 'inactive',
  deploying: 'inactive',
  active: 'active',
  failed: 'failed',
  stopped: 'inactive',
  archived: 'inactive',
};

/** A deployment as the native dialect shows it. */
export const shown = (deployment: Deployment) => ({
  ...deployment,
  is_active: deployment.life === 'active',
  status: status[deployment.life],
  ...(deployment.life === 'failed' && { error_message: deployment.status_message }),
});

/**
 * A page read row by row beside the pointer that was read before and after it: the pointer decides who is in
 * production, whatever a row says that was read in the middle of a change.
 */
export const underPointer = (deployment: Deployment, prod: string | null): Deployment => {
  if (deployment.id === prod)
    return {
      ...deployment,
      stage: 'production',
      life: deployment.life === 'stopped' ? 'stopped' : 'active',
    };
  return deployment.stage === 'production'
    ? { ...deployment, stage: 'archived', life: 'archived' }
    : deployment;
};
