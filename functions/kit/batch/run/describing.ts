import * as artifacts from '../../../../adapters/models/artifacts.ts';
import type { Model as Registered } from '../../../../domain/model.ts';
import { decodeImage, isRecompile } from '../../../../scoring/image/container.ts';
import { restOf } from '../../../../scoring/image/predict.ts';
import { importModel } from '../../../../scoring/import.ts';
import type { Ir } from '../../../../scoring/ir.ts';
import { registeredModel, worldOf } from './real.ts';
import type { BatchRun, Described, PlanWorld, Scored } from './world.ts';

/** The world of a run on AWS for whoever plans it; its work has so many seconds. */
export const planningWorld = (run: BatchRun, seconds: number): PlanWorld => ({
  ...worldOf(run, seconds),
  described: async (scored: Scored) => described(await registeredModel(run, scored)),
});

/** A plan needs no trees: what the image says of them is enough, or the artifact where the image is of an older version. */
async function described(model: Registered): Promise<Described> {
  const image = model.images && decodeImage(await artifacts.read(model.images.predict));
  return image && !isRecompile(image) ? restOf(image) : artifactOf(model);
}

/** A model read again from what was registered. */
export async function artifactOf({ artifact, schema }: Registered): Promise<Ir> {
  if (!artifact) throw new Error('the model has no artifact');
  const values = (schema?.features ?? []).flatMap((one) => (one.values ? [[one.name, one.values]] : []));
  const read = importModel(await artifacts.read(artifact), { values: Object.fromEntries(values) });
  if ('refusal' in read) throw new Error(read.refusal.message);
  return read.model;
}
