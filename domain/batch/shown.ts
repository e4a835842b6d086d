import type { Deployment } from '../deployment.ts';
import { scheduleName } from './config.ts';
import { type BatchRun, isOver, shownRun } from './run.ts';

/** What a batch deployment itself does not hold: the version that its reference stands for now, and its newest runs. */
export interface Beside {
  /** null: nothing any more. */
  resolved: string | null;
  /** Newest first. */
  runs: readonly BatchRun[];
}

const common = (deployment: Deployment) => ({
  deployment_id: deployment.id,
  name: deployment.name,
  status: deployment.life,
  created_at: deployment.created_at,
  updated_at: deployment.updated_at,
  ...replicas(deployment),
  allowed_roles: deployment.allowed_roles ?? null,
  stopped_at: deployment.stopped_at ?? null,
});

/** Functions that are kept warm for an online deployment, where there are any. */
function replicas({ kind, life, config }: Deployment) {
  const least = (kind === 'online' && config.runtime?.minReplicas) || null;
  return { replica_count: least, ready_replicas: least && (life === 'active' ? least : 0) };
}

/** A batch deployment as it is shown; by itself as it was when it was made. */
export function shownBatch(deployment: Deployment, beside?: Beside) {
  const { batch } = deployment;
  if (!batch) throw new Error('a batch deployment without what it runs');
  const runs = beside?.runs ?? [];
  const [last] = runs;
  return {
    ...common(deployment),
    type: 'batch' as const,
    domain: batch.domain,
    owner: batch.owner,
    model: batch.model,
    resolved_model_version: beside ? beside.resolved : batch.resolved_model_version,
    dag_id: scheduleName(deployment.id),
    dag_s3_uri: batch.dag_s3_uri,
    schedule: batch.schedule,
    last_run: last ? shownRun(last) : null,
    service_url: null,
    error_message: complaint(deployment, runs),
  };
}

/** Why it failed; else what its last finished run failed of. */
function complaint({ life, status_message }: Deployment, runs: readonly BatchRun[]): string | null {
  if (life === 'failed') return status_message;
  const over = runs.find(isOver);
  return over?.status === 'failed' ? (over.error_message ?? 'The run failed') : null;
}

/** An online deployment as this dialect shows it. */
export const shownOnline = (
  deployment: Deployment,
  beside: { model: string; version: string; project: string; service_url: string | null },
) => ({
  ...common(deployment),
  type: 'online' as const,
  domain: beside.project,
  owner: deployment.created_by,
  model: { model_name: beside.model, model_version: beside.version, model_alias: null },
  resolved_model_version: beside.version,
  dag_id: null,
  dag_s3_uri: null,
  schedule: null,
  last_run: null,
  service_url: beside.service_url,
  error_message: deployment.life === 'failed' ? deployment.status_message : null,
});
