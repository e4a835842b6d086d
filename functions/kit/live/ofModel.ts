import { online, usesOf } from '../../../adapters/deployments/ofModel.ts';
import type { Registered } from '../../../adapters/models/models.ts';
import * as names from '../../../adapters/models/names.ts';
import * as projects from '../../../adapters/projects.ts';
import { type Deployment, underPointer } from '../../../domain/deployment.ts';
import { busy } from '../../../domain/problem.ts';
import { each } from '../lists.ts';

const tries = 8;
const atOnce = 100;

/**
 * The online deployments of a registered model, newest first. Rows may be read in the middle of a change, so the
 * pointer is read before and after them, and decides.
 */
export async function ofModel({ name, project_id }: Registered): Promise<Deployment[]> {
  const ids = (await each(await names.versionIds(name), usesOf)).flat();
  for (let tried = 0; tried < tries; tried++) {
    const before = await projects.get(project_id);
    const rows: Deployment[] = [];
    for (let i = 0; i < ids.length; i += atOnce)
      rows.push(...(await online(project_id, ids.slice(i, i + atOnce))));
    const after = await projects.get(project_id);
    if (after && after.seq === before?.seq)
      return rows.map((row) => underPointer(row, after.prod)).toSorted((a, b) => (a.id < b.id ? 1 : -1));
  }
  throw busy();
}
