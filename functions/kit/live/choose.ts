import * as models from '../../../adapters/models/models.ts';
import * as names from '../../../adapters/models/names.ts';
import type { Model } from '../../../domain/model.ts';
import { conflict } from '../../../domain/problem.ts';

/** The version that a branch stands for: that of the alias of its name, where there is one, else the newest ready one. */
export async function versionFor({ name, project_id }: models.Registered, branch: string): Promise<Model> {
  const alias = await models.aliasOf(name, branch);
  const ids =
    alias === undefined ? await names.versionIds(name) : [await models.versionId(name, Number(alias))];
  for (const id of ids) {
    const model = id === undefined ? undefined : await models.get(project_id, id);
    if (model?.status === 'ready') return model;
  }
  throw conflict('Model is not ready');
}
