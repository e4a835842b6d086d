import * as z from 'zod';
import { Id, Time } from '../fields.ts';

/** A computation of drift that somebody asked for, as it is kept: a job of its own kind. */
export const Run = z.object({
  id: Id,
  kind: z.literal('drift'),
  project_id: Id,
  deployment_id: Id,
  actor: z.string(),
  state: z.enum(['queued', 'running', 'committed', 'failed']),
  result: z.record(z.string(), z.unknown()).nullable(),
  error: z.string().nullable(),
  /** Epoch milliseconds. What is still open half a minute later is closed by the sweeper. */
  deadline: z.int(),
  created_at: Time,
  started_at: Time.nullable(),
  finished_at: Time.nullable(),
});
export type Run = z.infer<typeof Run>;

/** Which run of a deployment goes on, and until when at most (epoch milliseconds): there is one at a time. */
export interface Lease {
  job_id: string;
  until: number;
}

const allowance = 300_000;
const grace = 60_000;
/** How long a run waits for what was logged before it began to be counted. */
const patience = 45_000;

/** A run as it is asked for at some time. */
export const asked = (
  wanted: Pick<Run, 'id' | 'project_id' | 'deployment_id' | 'actor'>,
  at: string,
): Run => ({
  ...wanted,
  kind: 'drift',
  state: 'queued',
  result: null,
  error: null,
  deadline: Date.parse(at) + allowance,
  created_at: at,
  started_at: null,
  finished_at: null,
});

/** Longer than the run: once the lease is over, the sweeper has closed what held it. */
export const leaseOf = ({ id, deadline }: Run): Lease => ({ job_id: id, until: deadline + grace });

export const isOver = ({ state }: Run): boolean => state === 'committed' || state === 'failed';

/** Which states each may be written from. What is over is never written again. */
export const before = {
  running: ['queued'],
  committed: ['running'],
  failed: ['queued', 'running'],
} as const satisfies Record<Exclude<Run['state'], 'queued'>, readonly Run['state'][]>;

export const started = (run: Run, at: string): Run => ({ ...run, state: 'running', started_at: at });

export const finished = (run: Run, result: Record<string, unknown>, at: string): Run => ({
  ...run,
  state: 'committed',
  result,
  finished_at: at,
});

export const failed = (run: Run, error: string, at: string): Run => ({
  ...run,
  state: 'failed',
  error,
  finished_at: at,
});

/** Whether a run may still wait for the counting of what was logged before it was asked for. */
export const mayWait = ({ created_at }: Run, now: number): boolean => now < Date.parse(created_at) + patience;

const words = { queued: 'queued', running: 'running', committed: 'succeeded', failed: 'failed' } as const;
const progress = { queued: 0, running: 0.5, committed: 1, failed: 1 } as const;

/** A run as a job. */
export const shown = (run: Run) => ({
  id: run.id,
  type: run.kind,
  status: words[run.state],
  progress: progress[run.state],
  result: run.result,
  error: run.error,
  deployment_id: run.deployment_id,
  created_at: run.created_at,
  started_at: run.started_at,
  finished_at: run.finished_at,
});
