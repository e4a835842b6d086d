import * as runs from '../../../adapters/batch/runs.ts';
import {
  type BatchRun,
  heardOf,
  type Report,
  reported,
  reportedId,
  runId,
} from '../../../domain/batch/run.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { busy } from '../../../domain/problem.ts';
import { newId, now } from '../clock.ts';

const tries = 8;

/** Write down what a report tells of a run; the run as it is kept then. One of ours is only shown. */
export async function report(deployment: Deployment, told: Report, actor: string): Promise<BatchRun> {
  const { id, project_id } = deployment;
  const own = await runs.get(id, runId(told.airflow_run_id));
  if (own?.own) return own;
  for (let tried = 0; tried < tries; tried++) {
    const known = await runs.get(id, reportedId(id, told.airflow_run_id));
    const by = { id: newId(), actor, at: now() };
    const next = known
      ? reported(known, told, by.at)
      : heardOf({ project_id, deployment_id: id, actor }, told, by.at);
    if (next === known) return known;
    if (await (known ? runs.save(next, by) : runs.hear(next, by))) return next;
  }
  throw busy();
}
