import type { Model } from '../../../domain/model.ts';
import { readModel } from './readModel.ts';

/** Why a registered model does not answer its own probe as it did at registration, if it does not. */
export function fails({ probe, schema }: Model, bytes: Uint8Array): string | undefined {
  if (!probe) return 'the model has no probe';
  try {
    const model = readModel(bytes, schema?.features);
    const row = model.read(probe.record);
    if (Array.isArray(row)) return 'the model does not take its own probe';
    return model.predict(row).prediction === probe.prediction
      ? undefined
      : 'the model does not answer its probe as before';
  } catch (error) {
    return error instanceof Error ? error.message : 'the model cannot be read';
  }
}
