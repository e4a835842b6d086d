import * as models from '../../../adapters/models/models.ts';
import * as held from '../../../adapters/workspaces/held.ts';
import type { DeploymentConfig } from '../../../domain/workspaces/config.ts';
import { configView } from '../../../domain/workspaces/config.ts';
import { type Held, isExternal } from '../../../domain/workspaces/external.ts';
import { idOf, modelDeployment, type Origin } from '../../../domain/workspaces/view.ts';
import { each } from '../lists.ts';

/** What a deployment was made from; of one of ours, its registered model. */
async function originOf(one: Held): Promise<Origin> {
  if (isExternal(one)) return one;
  const model = await models.get(one.project_id, one.model_id);
  return { config: model?.name ?? '', config_version: model?.version ?? 0 };
}

/** The origins of many, each model read once. */
export async function originsOf(many: readonly Held[]): Promise<Map<string, Origin>> {
  const read = new Map<string, Promise<Origin>>();
  const found = await each(many, async (one) => {
    if (isExternal(one)) return [one.id, one] as const;
    const known = read.get(one.model_id) ?? originOf(one);
    read.set(one.model_id, known);
    return [one.id, await known] as const;
  });
  return new Map(found);
}

/** A deployment as this dialect shows it. */
export async function show(one: Held, workspace: string, origin?: Origin) {
  const [from, history] = await Promise.all([origin ?? originOf(one), held.history(one)]);
  return modelDeployment(one, workspace, from, history);
}

export const showConfig = (config: DeploymentConfig, workspace: string) =>
  configView(config, workspace, idOf('model-deployment-config', config.id));
