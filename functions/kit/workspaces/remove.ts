import { again } from '../../../adapters/aws/again.ts';
import * as projects from '../../../adapters/projects.ts';
import * as externals from '../../../adapters/workspaces/externals.ts';
import * as reports from '../../../adapters/workspaces/reports.ts';
import { stale } from '../../../domain/problem.ts';
import type { Project } from '../../../domain/project.ts';
import { type By, type External, type Held, isExternal } from '../../../domain/workspaces/external.ts';
import { markDeleting } from '../../../domain/workspaces/report.ts';
import { managed, missing } from './words.ts';

interface Asked {
  workspace: string;
  name: string;
  /** As it was written, where one version is meant. */
  version?: string;
  ifMatch?: number | undefined;
}

/** How far one step got; undefined: somebody else was faster. */
type Step = 'marked' | 'removed' | 'more' | undefined;

/**
 * Mark what `read` finds for deletion; if all of it is deleted already, remove it, the oldest version first, so that
 * the name stays taken until the last step. Null: marked. Undefined: removed.
 */
export async function markOrRemove(
  project: Project,
  asked: Asked,
  read: () => Promise<Held[]>,
  by: By,
): Promise<null | undefined> {
  for (let begun = false; ; begun = true) {
    const step = await again(async () => {
      const found = await read();
      return begun && found.length === 0 ? 'removed' : oneStep(project, ours(found, asked, begun), by);
    });
    if (step !== 'more') return step === 'marked' ? null : undefined;
  }
}

/** What was found, if the caller may change it; after the first step it is no longer what the caller saw. */
function ours(found: Held[], { workspace, name, version, ifMatch }: Asked, begun: boolean): External[] {
  if (found.length === 0) throw missing('Deployment', workspace, name, version);
  const all = found.filter(isExternal);
  if (all.length < found.length) throw managed(workspace, name);
  if (!begun && ifMatch !== undefined && all[0]?.rev !== ifMatch) throw stale();
  return all;
}

async function oneStep(project: Project, all: readonly External[], by: By): Promise<Step> {
  const unmarked = all.map((one) => markDeleting(one, by)).filter((one) => one !== null);
  if (unmarked.length > 0) {
    const some = unmarked.slice(-reports.together);
    const wrote = await reports.write(some, by);
    return wrote ? (some.length === unmarked.length ? 'marked' : 'more') : undefined;
  }
  if (all.some(({ status }) => status !== 'DELETED')) return 'marked';
  const [before, oldest] = [await projects.get(project.id), all.at(-1)];
  const wrote = before && oldest ? await externals.drop(oldest, before, by) : false;
  return wrote ? (all.length === 1 ? 'removed' : 'more') : undefined;
}
