import { type RunFiles, runFiles } from '../../../../adapters/batch/runFiles.ts';
import * as runs from '../../../../adapters/batch/runs.ts';
import { catalogWorld } from '../../../../adapters/iceberg/catalogs.ts';
import * as models from '../../../../adapters/models/models.ts';
import { advanced, type BatchRun as Record } from '../../../../domain/batch/run.ts';
import type { Model as Registered } from '../../../../domain/model.ts';
import type { Settled } from '../../../../iceberg/commitLoop.ts';
import { newId, now } from '../../clock.ts';
import { withEngineUntil } from './engine.ts';
import { failedName } from './plan.ts';
import type { BatchRun, CommitWorld, Scored } from './world.ts';

/** The world of a run on AWS, without its model; its work has so many seconds. */
export function worldOf({ deployment_id, run_id }: BatchRun, seconds: number): CommitWorld {
  const deadline = Date.now() + seconds * 1000;
  return {
    catalog: catalogWorld,
    files: runFiles(run_id),
    withEngine: withEngineUntil(deadline),
    newId,
    recorded: async () => settledBy(await runs.get(deployment_id, run_id)),
    deadline,
  };
}

/** The model that a run was planned with, as it was registered. */
export async function registeredModel({ project_id }: BatchRun, { id, sha256 }: Scored): Promise<Registered> {
  const model = await models.get(project_id, id);
  if (model?.artifact?.sha256 !== sha256) throw new Error('the model of the run is not what it was');
  return model;
}

/** How a run ended, by its record. */
function settledBy(record: Record | undefined): Settled | 'failed' | undefined {
  if (record?.status === 'failed') return 'failed';
  if (record?.status !== 'succeeded') return undefined;
  const { target_snapshot_id: id, rows_scored } = record;
  return {
    snapshotId: id ? BigInt(id) : undefined,
    addedRecords: rows_scored ?? 0,
    how: 'already',
    attempts: 0,
  };
}

export const scoredBy = ({ id, version, artifact }: Registered): Scored => ({
  id,
  version: String(version),
  sha256: artifact?.sha256 ?? '',
});

/** The record of a run; there is one before its machine is started. */
export async function recordOf({ deployment_id, run_id }: BatchRun): Promise<Record> {
  const record = await runs.get(deployment_id, run_id);
  if (!record) throw new Error('a run without its record');
  return record;
}

/** Write down how far a run is, unless it is over. */
export async function note(record: Record, status: Record['status'], told: Partial<Record>): Promise<void> {
  const next = advanced(record, status, told, now());
  if (next !== record) await runs.save(next);
}

/** Keep why a run cannot be done, for whoever writes it down; the first reason stays. */
export async function keepReason(files: RunFiles, reason: string): Promise<void> {
  await files.create(failedName, { reason: reason.slice(0, 900) });
}
