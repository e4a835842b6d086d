import { conflict, Problem } from '../../../domain/problem.ts';
import { type Version, versionOf } from '../../../domain/workspaces/version.ts';

/** An installation may be told that nothing runs elsewhere: context `externalDeployments`. */
export function assertEnabled(): void {
  if (process.env.EXTERNAL_DEPLOYMENTS === 'none')
    throw new Problem('invalid', "Deployments are not enabled because the backend runtime is set to 'none'");
}

/** The version that a caller asks for; `none` where there can be none of that number. */
export function wanted(text: string | undefined): Exclude<Version, 'unreadable'> {
  const version = versionOf(text);
  if (version === 'unreadable')
    throw new Problem('badRequest', `Invalid version '${text}': must be a positive integer`);
  return version;
}

type What = 'Deployment' | 'Deployment config';

export const missing = (what: What, workspace: string, name: string, version?: string) =>
  new Problem(
    'notFound',
    `${what} '${workspace}/${name}'${version ? ` version '${version}'` : ''} not found`,
  );

export const noWorkspace = (workspace: string) =>
  new Problem('notFound', `Workspace '${workspace}' not found`);

const named = (what: What, workspace: string, name: string) =>
  `${what} with workspace '${workspace}' and name '${name}'`;
export const exists = (what: What, workspace: string, name: string) =>
  conflict(`${named(what, workspace, name)} already exists`);
export const nothingToUpdate = (what: What, workspace: string, name: string) =>
  new Problem('badRequest', `${named(what, workspace, name)} does not exist`);

export const managed = (workspace: string, name: string) =>
  conflict(`Deployment '${workspace}/${name}' is managed by Slipway`);

export const noConfig = (workspace: string, config: string, version?: number | null) =>
  new Problem(
    'badRequest',
    `Deployment config '${workspace}/${config}'${version ? ` version '${version}'` : ''} does not exist`,
  );

export const inUse = (workspace: string, name: string, version: number | undefined, count: number) =>
  conflict(
    `Cannot delete ModelDeploymentConfig '${workspace}/${name}'${version === undefined ? '' : ` version ${version}`}` +
      ` because ${count} ModelDeployment(s) still reference it and are not in DELETED status` +
      `${version === undefined ? '. Delete the dependent deployments first.' : ''}`,
  );
