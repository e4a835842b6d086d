import * as images from '../../../../adapters/batch/runImages.ts';
import * as artifacts from '../../../../adapters/models/artifacts.ts';
import type { Model as Registered } from '../../../../domain/model.ts';
import { caps } from '../../../../scoring/caps.ts';
import { load } from '../../../../scoring/load.ts';
import type { Model } from '../../../../scoring/model.ts';
import { registeredModel, worldOf } from './real.ts';
import type { BatchRun, BatchWorld, Scored } from './world.ts';

/** The world of a run on AWS for whoever scores; its work has so many seconds. */
export const scoringWorld = (run: BatchRun, seconds: number): BatchWorld => ({
  ...worldOf(run, seconds),
  model: async (scored: Scored) => loaded(run, await registeredModel(run, scored)),
});

/** From its image; where an older version made that, from the one that the plan kept, because a run writes to no model. */
async function loaded({ run_id }: BatchRun, model: Registered): Promise<Model> {
  const ready = model.images && load(await artifacts.read(model.images.predict));
  if (ready && !('recompile' in ready)) return ready;
  const bytes = await images.read(run_id, caps.imageBytes);
  const again = bytes && load(bytes);
  if (!again || 'recompile' in again) throw new Error('the plan of the run kept no image of its model');
  return again;
}
