import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { versionsOf } from '../../../adapters/models/versions.ts';
import * as projects from '../../../adapters/projects.ts';
import { type BatchRun, isOver } from '../../../domain/batch/run.ts';
import { shownBatch, shownOnline } from '../../../domain/batch/shown.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { newestRuns } from '../runs/newest.ts';
import { resolve } from '../runs/resolve.ts';

/** What the views of one request have in common. */
export interface Sight {
  model: string;
  event: APIGatewayProxyEventV2;
  /** Versions of the model by their ids, where they were read already. */
  versions?: ReadonlyMap<string, string>;
}

/** A deployment in the words of this dialect, as things are now. */
export async function viewOf(deployment: Deployment, sight: Sight) {
  const { batch } = deployment;
  if (!batch) return onlineView(deployment, sight);
  const [resolved, newest] = await Promise.all([resolve(batch.model), telling(deployment)]);
  return shownBatch(deployment, { resolved: resolved?.version ?? null, runs: newest });
}

/** Enough of the newest runs to know the last one and how the last finished one ended. */
async function telling(deployment: Deployment): Promise<BatchRun[]> {
  const few = await newestRuns(deployment, 3);
  return few.length < 3 || few.some(isOver) ? few : newestRuns(deployment, 100);
}

async function onlineView(deployment: Deployment, { model, event, versions }: Sight) {
  const [known, project] = await Promise.all([
    versions ?? versionsOf(model),
    projects.get(deployment.project_id),
  ]);
  return shownOnline(deployment, {
    model,
    version: known.get(deployment.model_id) ?? '',
    project: project?.name ?? '',
    service_url: `${origin(event)}/api/mlops/deployments/${deployment.id}/predict`,
  });
}

/** Where the caller reached us. */
function origin({ headers, requestContext }: APIGatewayProxyEventV2): string {
  const host = headers.host ?? requestContext.domainName ?? 'localhost';
  return `${headers['x-forwarded-proto'] ?? 'https'}://${host}`;
}
