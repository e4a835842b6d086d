import { hash } from 'node:crypto';
import * as z from 'zod';
import { Id, seconds, Time, time } from '../fields.ts';

export const RunStatus = z.enum(['queued', 'running', 'succeeded', 'failed']);
export type RunStatus = z.infer<typeof RunStatus>;

/** Which states may follow which; what is over stays as it is. */
export const follows: Record<RunStatus, readonly RunStatus[]> = {
  queued: ['running', 'succeeded', 'failed'],
  running: ['succeeded', 'failed'],
  succeeded: [],
  failed: [],
};
export const isOver = ({ status }: Pick<BatchRun, 'status'>): boolean => follows[status].length === 0;

/** The states from which a run may be written in this one: itself, while it is not over, and those before it. */
export const before = (status: RunStatus): RunStatus[] =>
  RunStatus.options.filter(
    (from) => follows[from].length > 0 && (from === status || follows[from].includes(status)),
  );

/** One run of a batch deployment, ours or one that somebody else's scheduler reported. */
export const BatchRun = z.object({
  run_id: Id,
  project_id: Id,
  deployment_id: Id,
  /** The name of our execution, or what the other scheduler calls it. */
  airflow_run_id: z.string(),
  /** The slot: whole seconds in UTC. */
  scheduled_at: Time,
  status: RunStatus,
  /** Whether we run it ourselves. */
  own: z.boolean(),
  resolved_model_version: z.string().nullable(),
  source_snapshot_id: z.string().nullable(),
  target_snapshot_id: z.string().nullable(),
  rows_scored: z.int().nullable(),
  rows_failed: z.int().nullable(),
  error_message: z.string().nullable(),
  actor: z.string(),
  created_at: Time,
  started_at: Time.nullable(),
  finished_at: Time.nullable(),
});
export type BatchRun = z.infer<typeof BatchRun>;

/** A slot in whole seconds: what a run is named after. */
export const slotOf = (at: string): string => time(seconds(at) * 1000);

/** The execution of a slot: `again` is 0, and for the n-th deliberate run of the same slot n. */
export function runName(deploymentId: string, slot: string, again = 0): string {
  const compact = slotOf(slot).replaceAll(/[-:]/g, '');
  return `batch-${deploymentId}-${compact}${again > 0 ? `-${again}` : ''}`;
}

/** The id of what has this name: the same for everybody who knows the name (RFC 9562, version 8). */
export function runId(name: string): string {
  const digest = Buffer.from(hash('sha256', name, 'hex').slice(0, 32), 'hex');
  digest[6] = 0x80 | ((digest[6] ?? 0) & 0x0f);
  digest[8] = 0x80 | ((digest[8] ?? 0) & 0x3f);
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

interface Wanted {
  project_id: string;
  deployment_id: string;
  scheduled_at: string;
  actor: string;
}

/** A run of ours before anything of it was done. */
export const queued = (wanted: Wanted, again: number, at: string): BatchRun => {
  const airflow_run_id = runName(wanted.deployment_id, wanted.scheduled_at, again);
  return { ...blank(wanted, at), run_id: runId(airflow_run_id), airflow_run_id, own: true };
};

/** What a report tells of a run that somebody else made. */
export interface Report {
  airflow_run_id: string;
  status: RunStatus;
  rows_scored?: number | null;
  error_message?: string | null;
}

export const reportedId = (deploymentId: string, airflowRunId: string): string =>
  runId(`report-${deploymentId}-${airflowRunId}`);

/** The first that is heard of a run of somebody else's. */
export const heardOf = (wanted: Omit<Wanted, 'scheduled_at'>, report: Report, at: string): BatchRun =>
  reported(
    {
      ...blank({ ...wanted, scheduled_at: slotOf(at) }, at),
      run_id: reportedId(wanted.deployment_id, report.airflow_run_id),
      airflow_run_id: report.airflow_run_id,
      own: false,
    },
    report,
    at,
  );

/** A run after a report of it. What is over, or would go back, or is ours, stays as it is. */
export function reported(run: BatchRun, report: Report, at: string): BatchRun {
  const told = {
    ...(report.rows_scored !== undefined && { rows_scored: report.rows_scored }),
    ...(report.error_message !== undefined && { error_message: report.error_message }),
  };
  return run.own ? run : advanced(run, report.status, told, at);
}

/** A run in its next state with what that tells; the run as it is where that state may not follow. */
export function advanced(run: BatchRun, status: RunStatus, told: Partial<BatchRun>, at: string): BatchRun {
  if (!before(status).includes(run.status)) return run;
  return {
    ...run,
    ...told,
    status,
    started_at: run.started_at ?? (status === 'queued' ? null : at),
    finished_at: isOver({ status }) ? at : null,
  };
}

const blank = (wanted: Wanted, at: string) => ({
  ...wanted,
  scheduled_at: slotOf(wanted.scheduled_at),
  status: 'queued' as const,
  resolved_model_version: null,
  source_snapshot_id: null,
  target_snapshot_id: null,
  rows_scored: null,
  rows_failed: null,
  error_message: null,
  created_at: at,
  started_at: null,
  finished_at: null,
});

/** Milliseconds after which a run of ours is over, whoever should have said so: longer than its machine may take. */
const longest = 6 * 3_600_000;

/** A run as of now, epoch milliseconds: of one that nobody ended in all that time nothing is to be expected. */
export const asOf = (run: BatchRun, now: number): BatchRun =>
  run.own && !isOver(run) && now - Date.parse(run.created_at) > longest
    ? { ...run, status: 'failed', error_message: 'The run was not finished in time' }
    : run;

/** A run as it is shown. */
export const shownRun = (run: BatchRun) => ({
  run_id: run.run_id,
  airflow_run_id: run.airflow_run_id,
  status: run.status,
  rows_scored: run.rows_scored,
  started_at: run.started_at,
  finished_at: run.finished_at,
  scheduled_at: run.scheduled_at,
  resolved_model_version: run.resolved_model_version,
  source_snapshot_id: run.source_snapshot_id,
  target_snapshot_id: run.target_snapshot_id,
  rows_failed: run.rows_failed,
  error_message: run.error_message,
});
