import type { Caller } from '../apiKey.ts';
import type { Deployment } from '../deployment.ts';
import { forbidden } from '../problem.ts';

/**
 * Refuse a user who holds none of a deployment's roles. A batch deployment without roles is for platform keys alone, and
 * so is any with an empty list; an online one that has none is under the rules of its project, as it was made.
 */
export function assertRole(
  caller: Caller,
  { kind, allowed_roles }: Pick<Deployment, 'kind' | 'allowed_roles'>,
) {
  if (caller.kind === 'platform' || (kind !== 'batch' && (allowed_roles ?? null) === null)) return;
  if (!caller.roles.some((role) => allowed_roles?.includes(role))) throw forbidden('Role not allowed');
}
