import * as artifacts from '../../../../adapters/models/artifacts.ts';
import type { Model as Registered } from '../../../../domain/model.ts';
import { decodeImage, isRecompile } from '../../../../scoring/image/container.ts';
import { restOf } from '../../../../scoring/image/predict.ts';
import { importModel } from '../../../../scoring/import.ts';
import type { Ir } from '../../../../scoring/ir.ts';
import { registeredModel, worldOf } from './real.ts';
import { sparkWorld } from './sparkWorld.ts';
import type { BatchRun, Described, PlanWorld, Scored } from './world.ts';

/**
 * The world of a run on AWS for whoever plans it; its work has so many seconds. Where the image of the model is of an older
 * version, what it is compiled from is handed over, before there is a plan: no part can be scored without it.
 */
export const planningWorld = (
  run: BatchRun,
  seconds: number,
  outdated: (ir: Ir) => Promise<void> = async () => {},
): PlanWorld => ({
  ...worldOf(run, seconds),
  described: async (scored: Scored) => described(await registeredModel(run, scored), outdated),
  spark: sparkWorld(run),
});

/** A plan needs no trees: what the image says of them is enough, or the artifact where the image is of an older version. */
async function described(model: Registered, outdated: (ir: Ir) => Promise<void>): Promise<Described> {
  const image = model.images && decodeImage(await artifacts.read(model.images.predict));
  if (image && !isRecompile(image)) return restOf(image);
  const ir = await artifactOf(model);
  await outdated(ir);
  return ir;
}

/** A model read again from what was registered. */
async function artifactOf({ artifact, schema }: Registered): Promise<Ir> {
  if (!artifact) throw new Error('the model has no artifact');
  const values = (schema?.features ?? []).flatMap((one) => (one.values ? [[one.name, one.values]] : []));
  const read = importModel(await artifacts.read(artifact), { values: Object.fromEntries(values) });
  if ('refusal' in read) throw new Error(read.refusal.message);
  return read.model;
}
