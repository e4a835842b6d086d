import * as serving from '../../../adapters/serving.ts';
import { type Caller, maySee } from '../../../domain/apiKey.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { busy, conflict, notFound, Problem } from '../../../domain/problem.ts';
import type { Model } from '../../../scoring/load.ts';
import { fault } from '../metrics.ts';
import { readModel } from '../models/readModel.ts';
import { remembered } from './cache.ts';

const place = remembered(serving.place, { age: Number.POSITIVE_INFINITY, most: 1_000 });
const deployment = remembered(
  (key: string) => {
    const [projectId = '', kind, id = ''] = key.split('/');
    return serving.deployment(projectId, kind as Deployment['kind'], id);
  },
  { age: 5_000, most: 1_000 },
);
const model = remembered(loadModel, { age: Number.POSITIVE_INFINITY, most: 16 });

/** The deployment that a request goes to: it exists, the caller may see it, and it serves. */
export async function servedBy(caller: Caller, id: string): Promise<Deployment> {
  const found = await place(id).catch(silent);
  if (!found || !maySee(caller, found.projectId)) throw notFound('Deployment');
  const served = await deployment(`${found.projectId}/${found.kind}/${id}`).catch(silent);
  if (!served) throw notFound('Deployment');
  if (served.life !== 'active') throw conflict('Deployment is not active');
  return served;
}

/** What was known is too old to be told, and nobody says what is true now: that passes. A bad row does not. */
function silent(error: unknown): never {
  if (error instanceof Error && error.name === 'ZodError') throw error;
  fault('predict', error);
  throw busy();
}

/** Its model, from memory or from where it was registered. */
export async function modelOf(served: Deployment): Promise<Model> {
  try {
    const loaded = await model(`${served.project_id}/${served.model_id}/${served.artifact_sha256}`);
    if (loaded) return loaded;
    throw new Error('the model is not registered');
  } catch (error) {
    fault('predict', error);
    throw new Problem('busy', 'The model cannot be loaded at the moment', { 'retry-after': '1' });
  }
}

async function loadModel(key: string): Promise<Model | undefined> {
  const [projectId = '', modelId = '', sha256] = key.split('/');
  const registered = await serving.model(projectId, modelId);
  if (!registered?.artifact) return undefined;
  if (registered.artifact.sha256 !== sha256) throw new Error('the artifact is not the one that was deployed');
  return readModel(await serving.artifact(registered.artifact), registered.schema?.features);
}
