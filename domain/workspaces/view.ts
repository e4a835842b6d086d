import { contextOf, type Held, isExternal, statusOf } from './external.ts';
import type { Shown } from './history.ts';

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** An id in the dialect's form: what it is of, and the UUID in base 58. */
export function idOf(what: 'model-deployment' | 'model-deployment-config', id: string): string {
  let out = '';
  for (let rest = BigInt(`0x${id.replaceAll('-', '')}`); rest > 0n; rest /= 58n)
    out = `${alphabet[Number(rest % 58n)]}${out}`;
  return `${what}-${out}`;
}

/** What a deployment was made from: a configuration, or a registered model. */
export interface Origin {
  config: string;
  config_version: number;
}

/** A deployment as this dialect shows it; a single one says what it has not. */
export const modelDeployment = (
  held: Held,
  workspace: string,
  { config, config_version }: Origin,
  status_history: Shown[],
) => ({
  id: idOf('model-deployment', held.id),
  name: held.name,
  workspace,
  project: isExternal(held) ? held.project : null,
  created_at: held.created_at,
  updated_at: held.updated_at,
  entity_version: held.version,
  config,
  config_version,
  status: statusOf(held),
  status_message: held.status_message,
  status_history,
  model_provider_id: held.model_provider_id ?? null,
  auth_context: isExternal(held) ? held.auth_context : contextOf(held.created_by, []),
});

/** What a list of deployments may be asked for. */
export const rowOf = (held: Held, workspace: string, { config }: Origin) => ({
  workspace,
  project: isExternal(held) ? held.project : null,
  status: statusOf(held),
  model_provider_id: held.model_provider_id ?? null,
  config,
  name: held.name,
  status_message: held.status_message,
  created_at: held.created_at,
  updated_at: held.updated_at,
});
