import type { Caller } from '../apiKey.ts';
import type { Deployment } from '../deployment.ts';
import { forbidden } from '../problem.ts';

/**
 * Refuse a user who holds none of a deployment's roles. A batch deployment without roles is for platform keys alone; an
 * online one without roles is under the rules of its project, as it was made without them.
 */
export function assertRole(
  caller: Caller,
  { kind, allowed_roles }: Pick<Deployment, 'kind' | 'allowed_roles'>,
) {
  const roles = allowed_roles ?? [];
  if (caller.kind === 'platform' || (kind !== 'batch' && roles.length === 0)) return;
  if (!caller.roles.some((role) => roles.includes(role))) throw forbidden('Role not allowed');
}
