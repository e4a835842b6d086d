import * as artifacts from '../../../adapters/models/artifacts.ts';
import * as models from '../../../adapters/models/models.ts';
import type { Model } from '../../../domain/model.ts';
import { load } from '../../../scoring/load.ts';
import type { Model as Scorer } from '../../../scoring/model.ts';
import { compiled, keepImages, readArtifact } from './compiled.ts';

/**
 * Load the images of a registered model as predictions will, compiled anew where an older Slipway made them. The
 * artifact must still be what was registered, as it is what they can be made of again; and so must the baseline.
 */
export async function loadReady(model: Model): Promise<Scorer> {
  const { artifact, images, profile } = model;
  if (!artifact) throw new Error('the model has no artifact');
  const bytes = await artifacts.read(artifact);
  if (profile) await artifacts.read(profile);
  const loaded = images && load(await artifacts.read(images.predict));
  if (!loaded || 'recompile' in loaded) return recompiled(model, bytes);
  if (images.explain) await artifacts.read(images.explain);
  return loaded;
}

async function recompiled(model: Model, bytes: Uint8Array): Promise<Scorer> {
  const read = readArtifact(bytes, model.schema);
  if ('refusal' in read) throw new Error(read.refusal.message);
  const fit = compiled(read.model);
  if (typeof fit === 'string') throw new Error(fit);
  await models.saveImages(model, await keepImages(model.id, fit.images));
  return fit.model;
}

/** Why a model does not answer its own probe as it did at registration, if it does not. */
export function fails({ probe }: Model, scorer: Scorer): string | undefined {
  if (!probe) return 'the model has no probe';
  const row = scorer.read(Object.fromEntries(scorer.features.map(({ name }, i) => [name, probe.values[i]])));
  if (Array.isArray(row)) return 'the model does not take its own probe';
  return scorer.predict(row).prediction === probe.prediction
    ? undefined
    : 'the model does not answer its probe as before';
}
