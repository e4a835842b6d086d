import { again } from '../../../adapters/aws/again.ts';
import * as projects from '../../../adapters/projects.ts';
import * as configs from '../../../adapters/workspaces/configs.ts';
import * as externals from '../../../adapters/workspaces/externals.ts';
import * as held from '../../../adapters/workspaces/held.ts';
import type { Answer } from '../../../domain/answer.ts';
import type { Caller } from '../../../domain/apiKey.ts';
import type { Project } from '../../../domain/project.ts';
import { bornExternal, type External, type Held } from '../../../domain/workspaces/external.ts';
import { modelDeployment } from '../../../domain/workspaces/view.ts';
import { newId, now } from '../clock.ts';
import { noConfig } from './words.ts';

type View = ReturnType<typeof modelDeployment>;

interface Given {
  params: { workspace: string };
  body: { config: string; config_version?: number | null | undefined };
  caller: Caller;
  operationId: string;
  answer(body: View): Answer<unknown>;
}

/** Add a version of a name; `next` says which, from the newest one of the name, or throws why there cannot be one. */
export function addVersion(
  { params: { workspace }, body, caller, operationId, answer }: Given,
  project: Project,
  name: string,
  next: (newest: Held | undefined) => Pick<External, 'version' | 'project'>,
): Promise<View> {
  const id = newId();
  return again(async () => {
    const before = await projects.get(project.id);
    const decided = next(await held.version(project, name, 'latest'));
    const asked = body.config_version || 'latest';
    const config = await configs.version(project.id, body.config, asked);
    if (!config) throw noConfig(workspace, body.config, body.config_version);
    if (!before) return undefined;
    const by = { actor: caller.id, at: now(), op_id: operationId };
    const from = { config: config.name, config_version: config.entity_version };
    const born = bornExternal({ id, project_id: project.id, name, ...decided, ...from }, caller, by);
    const view = modelDeployment(born.made, workspace, from, []);
    return (await externals.add(born, before, by, answer(view))) ? view : undefined;
  });
}
