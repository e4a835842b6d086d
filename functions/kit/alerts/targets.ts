import * as deployments from '../../../adapters/deployments/deployments.ts';
import * as projects from '../../../adapters/projects.ts';
import type { Rule } from '../../../domain/alerts/rule.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { each } from '../lists.ts';

/** A deployment and the rules that watch it; without one, rules that find nothing in production. */
export interface Target {
  /** In their order one has its turn after the other. */
  id: string;
  deployment: Deployment | undefined;
  rules: Rule[];
}

/** What a rule watches: the deployment that it names, or the one in production; undefined where there is none. */
export const watchedBy = async ({ project_id, deployment_id }: Rule): Promise<string | undefined> =>
  deployment_id ?? (await projects.get(project_id))?.prod ?? undefined;

/** Which deployments these rules watch now, in order; each project and each deployment is read once. */
export async function targetsOf(rules: readonly Rule[]): Promise<Target[]> {
  const pointers = new Map<string, Promise<string | undefined>>();
  const watched = await each(rules, async (rule) => {
    const place = rule.deployment_id ?? `the production of ${rule.project_id}`;
    const known = pointers.get(place) ?? watchedBy(rule);
    pointers.set(place, known);
    return { rule, id: (await known) ?? rule.project_id };
  });
  const byTarget = [...Map.groupBy(watched, ({ id }) => id)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return each(byTarget, async ([id, of]) => {
    const own = of.map(({ rule }) => rule);
    const projectId = own[0]?.project_id ?? '';
    const deployment = id === projectId ? undefined : await deployments.get(projectId, 'online', id);
    return { id, deployment, rules: own };
  });
}
