import { hash } from 'node:crypto';
import * as images from '../../../../adapters/batch/runImages.ts';
import { sparkCatalog } from '../../../../adapters/iceberg/sparkCatalog.ts';
import * as artifacts from '../../../../adapters/models/artifacts.ts';
import { caps } from '../../../../scoring/caps.ts';
import { registeredModel } from './real.ts';
import type { BatchRun, Scored, SparkWorld } from './world.ts';

/** Where the job of a run finds its model and its catalogs, on AWS. */
export const sparkWorld = (run: BatchRun): SparkWorld => ({
  catalog: sparkCatalog,
  image: (scored) => imageOf(run, scored),
});

/** The image that was kept for the run, where that of the model is of an older version; else the model's own. */
async function imageOf(run: BatchRun, scored: Scored): Promise<{ address: string; sha256: string }> {
  const kept = await images.read(run.run_id, caps.imageBytes);
  if (kept) return { address: images.address(run.run_id), sha256: hash('sha256', kept, 'hex') };
  const model = await registeredModel(run, scored);
  if (!model.images) throw new Error('a model without an image, and none was kept for the run');
  const { predict } = model.images;
  return { address: artifacts.address(predict), sha256: predict.sha256 };
}
