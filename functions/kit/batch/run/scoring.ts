import * as artifacts from '../../../../adapters/models/artifacts.ts';
import type { Model as Registered } from '../../../../domain/model.ts';
import { predictImage } from '../../../../scoring/image/predict.ts';
import { load } from '../../../../scoring/load.ts';
import type { Model } from '../../../../scoring/model.ts';
import { artifactOf } from './describing.ts';
import { registeredModel, worldOf } from './real.ts';
import type { BatchRun, BatchWorld, Scored } from './world.ts';

/** The world of a run on AWS for whoever scores; its work has so many seconds. */
export const scoringWorld = (run: BatchRun, seconds: number): BatchWorld => ({
  ...worldOf(run, seconds),
  model: async (scored: Scored) => loaded(await registeredModel(run, scored)),
});

/** From its image; where an older version made that, compiled anew and not kept, because a run writes to no model. */
async function loaded(model: Registered): Promise<Model> {
  const ready = model.images && load(await artifacts.read(model.images.predict));
  if (ready && !('recompile' in ready)) return ready;
  const again = load(predictImage(await artifactOf(model)));
  if ('recompile' in again) throw new Error('an image of this version asks to be compiled again');
  return again;
}
