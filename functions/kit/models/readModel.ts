import { importModel } from '../../../scoring/import.ts';
import { load, type Model } from '../../../scoring/load.ts';

/** The bytes of a registered artifact as a model. Levels that the artifact lacks come from the registered schema. */
export function readModel(
  bytes: Uint8Array,
  features: readonly { name: string; values?: string[] | undefined }[] = [],
): Model {
  const values = Object.fromEntries(features.flatMap(({ name, values }) => (values ? [[name, values]] : [])));
  const read = importModel(bytes, { values });
  if ('refusal' in read) throw new Error(read.refusal.message);
  return load(read.model);
}
