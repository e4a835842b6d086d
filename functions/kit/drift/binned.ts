import * as models from '../../../adapters/models/models.ts';
import * as serving from '../../../adapters/models/serving.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { type StoredDrift, withBins } from '../../../domain/drift/stored.ts';
import { busy } from '../../../domain/problem.ts';
import { fault } from '../metrics.ts';
import { coverFor, withoutCovered } from './cover.ts';

/** A result with the counts of both sides: those of the baseline lie with the model, and never change. */
export async function binned(deployment: Deployment, stored: StoredDrift): Promise<StoredDrift> {
  const { project_id, model_id } = deployment;
  const model = stored.baseline ? await models.get(project_id, model_id) : undefined;
  if (!model?.profile) return stored;
  const profile = await serving.profile(model.profile).catch((error) => {
    fault('getDrift', error);
    throw busy();
  });
  return profile ? withoutCovered(withBins(stored, profile), await coverFor(deployment)) : stored;
}
