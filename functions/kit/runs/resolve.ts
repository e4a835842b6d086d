import * as models from '../../../adapters/models/models.ts';
import type { ModelReference } from '../../../domain/batch/config.ts';

export interface Resolved {
  model_id: string;
  version: string;
}

/** The version that a reference stands for now; undefined where there is no such version or alias any more. */
export async function resolve(reference: ModelReference): Promise<Resolved | undefined> {
  const name = reference.model_name ?? '';
  const version = reference.model_version ?? (await models.aliasOf(name, reference.model_alias ?? ''));
  if (version === undefined || !/^[1-9]\d{0,5}$/.test(version)) return undefined;
  const model_id = await models.versionId(name, Number(version));
  return model_id === undefined ? undefined : { model_id, version };
}
