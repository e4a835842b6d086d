import * as deployments from '../../../adapters/deployments/deployments.ts';
import * as models from '../../../adapters/models/models.ts';
import * as projects from '../../../adapters/projects.ts';
import { underPointer } from '../../../domain/deployment.ts';
import { best, type Model, shown } from '../../../domain/model.ts';
import { each } from '../lists.ts';

/**
 * The models of a project as they are shown: with what stands beside them in other items. `next` is one of them as it
 * is about to be.
 */
export async function viewsOf(projectId: string, next?: Model) {
  const [project, kept, running] = await Promise.all([
    projects.get(projectId),
    models.list(projectId),
    deployments.every(projectId, 'online'),
  ]);
  const every = kept.map((model) => (model.id === next?.id ? next : model));
  const served = running
    .map((d) => underPointer(d, project?.prod ?? null))
    .filter((d) => d.life === 'active');
  const names = [...new Set(every.map(({ name }) => name))];
  const byName = new Map(
    await each(names, async (name) => {
      const aliases = await models.aliases(name);
      return [name, { aliases, best: best(every.filter((m) => m.name === name)) }] as const;
    }),
  );
  const servedAs = (model: Model, stage: string) =>
    served.some((d) => d.model_id === model.id && d.stage === stage);
  return every.map((model) =>
    shown(model, {
      aliases: aliasesOf(byName.get(model.name)?.aliases, model),
      is_best: byName.get(model.name)?.best === model.id,
      is_production: servedAs(model, 'production'),
      is_staging: servedAs(model, 'staging'),
    }),
  );
}

const aliasesOf = (aliases: Map<string, string> | undefined, { version }: Model) =>
  [...(aliases ?? [])].filter(([, of]) => of === String(version)).map(([alias]) => alias);

/** One model as it is shown. */
export async function viewOf(model: Model) {
  const view = (await viewsOf(model.project_id, model)).find(({ id }) => id === model.id);
  return view ?? shown(model, { aliases: [], is_best: false, is_production: false, is_staging: false });
}
