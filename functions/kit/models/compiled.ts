import * as artifacts from '../../../adapters/models/artifacts.ts';
import type { Images, ModelSchema } from '../../../domain/model.ts';
import { caps } from '../../../scoring/caps.ts';
import { type Compiled, compile } from '../../../scoring/compile.ts';
import { reference } from '../../../scoring/evaluate/reference.ts';
import { loadExplainer } from '../../../scoring/explain.ts';
import { imageVersion } from '../../../scoring/image/container.ts';
import { importModel } from '../../../scoring/import.ts';
import type { Ir } from '../../../scoring/ir.ts';
import { load } from '../../../scoring/load.ts';
import type { Model } from '../../../scoring/model.ts';
import { selfCheck } from '../../../scoring/probe.ts';

/** The bytes of an artifact as a model. Levels that the artifact lacks come from the registered schema. */
export function readArtifact(bytes: Uint8Array, schema: ModelSchema | null) {
  const values = (schema?.features ?? []).flatMap(({ name, values }) => (values ? [[name, values]] : []));
  return importModel(bytes, { values: Object.fromEntries(values) });
}

/** A model as it will serve: its images, and what they load as. */
type Fit = { images: Compiled; model: Model };

/** A model ready to serve, or why it is not fit to. */
export function compiled(ir: Ir): Fit | string {
  const images = compile(ir);
  if (images.predict.length + (images.explain?.length ?? 0) > caps.imageBytes)
    return 'The model is larger than 192 MiB once it is compiled. Train or export a smaller model.';
  const model = load(images.predict);
  if ('recompile' in model) throw new RangeError('an image of this version asks to be compiled again');
  const explain = images.explain && loadExplainer(images.predict, images.explain);
  return selfCheck(reference(ir), model, explain) ?? { images, model };
}

/** Keep images beside their artifact. The same artifact gives the same images, so whoever writes last changes nothing. */
export async function keepImages(modelId: string, { predict, explain }: Compiled): Promise<Images> {
  return {
    predict: await artifacts.keep(modelId, `v${imageVersion}/predict.img`, predict),
    explain: explain && (await artifacts.keep(modelId, `v${imageVersion}/explain.img`, explain)),
  };
}
