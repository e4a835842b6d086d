import * as serving from '../../../adapters/models/serving.ts';
import { type Caller, maySee } from '../../../domain/apiKey.ts';
import { assertRole } from '../../../domain/batch/roles.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { type Binner, binner } from '../../../domain/drift/bin.ts';
import type { Kept } from '../../../domain/model.ts';
import { busy, conflict, notFound, Problem } from '../../../domain/problem.ts';
import { type Explainer, loadExplainer } from '../../../scoring/explain.ts';
import { load } from '../../../scoring/load.ts';
import type { Model } from '../../../scoring/model.ts';
import { warmUp } from '../../../scoring/warm.ts';
import { fault } from '../metrics.ts';
import { remembered } from './cache.ts';

warmUp();

const place = remembered(serving.place, { age: Number.POSITIVE_INFINITY, most: 1_000 });
const deployment = remembered(
  (key: string) => {
    const [projectId = '', kind, id = ''] = key.split('/');
    return serving.deployment(projectId, kind as Deployment['kind'], id);
  },
  { age: 5_000, most: 1_000 },
);
const registered = remembered(
  (key: string) => {
    const [projectId = '', id = ''] = key.split('/');
    return serving.model(projectId, id);
  },
  { age: 5_000, most: 64 },
);
/** Bytes of images, which are about the memory that models take: what is left beside them is for requests. */
const heaviest = 192 * 1024 * 1024;
const scorer = remembered(loadScorer, {
  age: Number.POSITIVE_INFINITY,
  most: 64,
  heaviest,
  weigh: ({ bytes }) => bytes,
});

/** The deployment that a request goes to: it exists, the caller may see it, and it serves. */
export async function servedBy(caller: Caller, id: string): Promise<Deployment> {
  const found = await seenBy(caller, id);
  if (found === undefined || found === 'elsewhere') throw notFound('Deployment');
  assertRole(caller, found);
  if (found.life !== 'active') throw conflict('Deployment is not active');
  return found;
}

/** The deployment of this id, if the caller may see it, in whatever life; or that it is of a kind that serves elsewhere. */
export async function seenBy(caller: Caller, id: string): Promise<Deployment | 'elsewhere' | undefined> {
  const found = await place(id).catch(silent);
  if (!found || !maySee(caller, found.projectId)) return undefined;
  if (found.kind !== 'online') return 'elsewhere';
  return deployment(`${found.projectId}/${found.kind}/${id}`).catch(silent);
}

/** What was known is too old to be told, and nobody says what is true now: that passes. A bad row does not. */
function silent(error: unknown): never {
  if (error instanceof Error && error.name === 'ZodError') throw error;
  fault('predict', error);
  throw busy();
}

/** A model that serves, and what explains its answers: read when first asked for. */
export interface Scorer {
  model: Model;
  /** Of its images and its baseline. */
  bytes: number;
  /** Takes the bins of a row, where the model has a baseline. */
  bin: Binner | undefined;
  explainer(): Promise<Explainer>;
}

/** Its model, from memory or from where it was registered. */
export async function scorerOf(served: Deployment): Promise<Scorer> {
  return loaded(async () => {
    const model = `${served.project_id}/${served.model_id}`;
    const found = await scorer(`${model}/${served.artifact_sha256}`);
    if (!found) throw new Error('the model is not registered');
    return found.bin ? found : { ...found, ...(await learned(model)) };
  });
}

export const explainerOf = (scorer: Scorer): Promise<Explainer> => loaded(scorer.explainer);

async function loaded<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    fault('predict', error);
    throw new Problem('busy', 'The model cannot be loaded at the moment', { 'retry-after': '1' });
  }
}

async function loadScorer(key: string): Promise<Scorer | undefined> {
  const [projectId, modelId, sha256] = key.split('/');
  const found = await registered(`${projectId}/${modelId}`);
  if (!found?.artifact || !found.images) return undefined;
  if (found.artifact.sha256 !== sha256) throw new Error('the artifact is not the one that was deployed');
  const { predict, explain } = found.images;
  const [image, bin] = await Promise.all([serving.image(predict), binnerOf(found.profile)]);
  const model = load(image);
  if ('recompile' in model) throw new Error('the image of the model is of another version: deploy it again');
  // Both images are read again: most models are never explained, and their bytes need not lie beside them for it.
  const explainer = remembered(
    async () => explain && loadExplainer(await serving.image(predict), await serving.image(explain)),
    { age: Number.POSITIVE_INFINITY, most: 1 },
  );
  return {
    model,
    bytes: predict.bytes + (explain?.bytes ?? 0) + (found.profile?.bytes ?? 0),
    bin,
    async explainer() {
      const found = await explainer('');
      if (!found) throw new Error('the model has no image that explains');
      return found;
    },
  };
}

/** A baseline of another Slipway is no reason not to answer: what is logged until then has no bins. */
async function binnerOf(kept: Kept | null): Promise<Binner | undefined> {
  if (!kept) return undefined;
  const profile = await serving.profile(kept);
  if (profile) return binner(profile);
  fault('predict', new Error('the baseline of the model is of another version'));
  return undefined;
}

const binners = remembered(async (kept) => ({ bin: await binnerOf(JSON.parse(kept)) }), {
  age: Number.POSITIVE_INFINITY,
  most: 64,
});
/**
 * A model without a sample gets its baseline while it serves: who has loaded it without one looks again, so at most
 * ten seconds later everybody knows. That it cannot be had is no reason not to answer.
 */
const learned = remembered<Pick<Scorer, 'bin'>>(
  async (model) => {
    try {
      const profile = (await registered(model))?.profile;
      return profile ? await binners(JSON.stringify(profile)) : { bin: undefined };
    } catch (error) {
      fault('predict', error);
      return { bin: undefined };
    }
  },
  { age: 5_000, most: 1_000 },
);
