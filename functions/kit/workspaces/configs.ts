import { again } from '../../../adapters/aws/again.ts';
import type { Told } from '../../../adapters/outbox.ts';
import * as projects from '../../../adapters/projects.ts';
import * as configs from '../../../adapters/workspaces/configs.ts';
import * as externals from '../../../adapters/workspaces/externals.ts';
import type { Answer } from '../../../domain/answer.ts';
import type { Caller } from '../../../domain/apiKey.ts';
import { Problem, stale } from '../../../domain/problem.ts';
import type { Project } from '../../../domain/project.ts';
import { type DeploymentConfig, unfit } from '../../../domain/workspaces/config.ts';
import { latestOf } from '../../../domain/workspaces/lists.ts';
import { newId, now } from '../clock.ts';
import { showConfig } from './show.ts';
import { inUse, missing } from './words.ts';

type View = ReturnType<typeof showConfig>;

type Telling = (type: Told['type'], subject: string) => Told;

interface Given {
  params: { workspace: string };
  caller: Caller;
  answer(body: View): Answer<unknown>;
  told: Telling;
}

/** Add a version of a configuration; `next` says which, from the newest one, or throws why there cannot be one. */
export function addConfig(
  { params: { workspace }, caller, answer, told }: Given,
  owner: Project,
  { name, body }: Pick<DeploymentConfig, 'name' | 'body'>,
  next: (newest: DeploymentConfig | undefined) => Pick<DeploymentConfig, 'entity_version' | 'project'>,
): Promise<View> {
  const why = unfit(body);
  if (why !== undefined) throw new Problem('badRequest', why);
  const made = { id: newId(), project_id: owner.id, name, body, created_by: caller.id, created_at: now() };
  return again(async () => {
    const config = { ...made, ...next(await configs.version(owner.id, name, 'latest')) };
    const view = showConfig(config, workspace);
    return (await configs.add(config, told('config.created', made.id), answer(view))) ? view : undefined;
  });
}

interface Asked {
  workspace: string;
  name: string;
  /** As it was written, where one version is meant. */
  version?: string;
  ifMatch?: number | undefined;
}

/** Remove what `read` finds of a configuration, unless the latest version of a deployment needs it. */
export async function removeConfigs(
  owner: Project,
  asked: Asked,
  read: () => Promise<DeploymentConfig[]>,
  told: Telling,
): Promise<undefined> {
  let begun = false;
  await again(async () => {
    const [before, found] = [await projects.get(owner.id), await read()];
    if (found.length === 0 && begun) return true;
    if (!before) return undefined;
    if (!begun) assertSame(found, asked);
    await assertUnused(owner, found, asked);
    const done = await configs.drop(found, before, told('config.removed', found[0]?.id ?? ''));
    begun ||= done;
    return (done && found.length <= configs.together) || undefined;
  });
}

function assertSame([newest]: DeploymentConfig[], { workspace, name, version, ifMatch }: Asked): void {
  if (!newest) throw missing('Deployment config', workspace, name, version);
  if (ifMatch !== undefined && ifMatch !== newest.entity_version) throw stale();
}

async function assertUnused(owner: Project, [newest]: DeploymentConfig[], asked: Asked): Promise<void> {
  const { workspace, name, version } = asked;
  const only = version === undefined ? undefined : newest?.entity_version;
  const users = latestOf(await externals.every(owner.id)).filter(
    ({ status, config, config_version }) =>
      status !== 'DELETED' && config === name && (only === undefined || only === config_version),
  );
  if (users.length > 0) throw inUse(workspace, name, only, users.length);
}
