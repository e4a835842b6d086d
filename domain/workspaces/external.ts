import * as z from 'zod';
import type { Caller } from '../apiKey.ts';
import { type Deployment, type HistoryEntry, Life, Stage } from '../deployment.ts';
import { Id, Name, Time } from '../fields.ts';
import { Status, statusOfLife, words } from './words.ts';

/** Who made a deployment, as far as that was known when it was made. */
export const AuthContext = z.object({
  principal_id: z.string(),
  principal_email: z.string().nullable(),
  principal_groups: z.array(z.string()),
  principal_on_behalf_of: z.string().nullable(),
  principal_on_behalf_of_groups: z.array(z.string()).nullable(),
  principal_on_behalf_of_email: z.string().nullable(),
});
export type AuthContext = z.infer<typeof AuthContext>;

/** One version of a deployment that runs elsewhere: a controller reports how it does. */
export const External = z.object({
  id: Id,
  project_id: Id,
  kind: z.literal('external'),
  name: Name,
  /** From 1, with the others of its name. */
  version: z.int().min(1),
  /** The name and the version of what it was made from. */
  config: z.string(),
  config_version: z.int().min(1),
  /** What the caller calls the project; it is no project of ours. */
  project: z.string().nullable(),
  status: Status,
  status_message: z.string(),
  life: Life,
  stage: Stage,
  model_provider_id: z.string().nullable(),
  auth_context: AuthContext,
  h: z.int().min(1),
  rev: z.int().min(1),
  created_by: z.string(),
  created_at: Time,
  updated_at: Time,
  archived_at: Time.optional(),
});
export type External = z.infer<typeof External>;

/** Whatever the workspaces dialect shows. */
export type Held = Deployment | External;

export const isExternal = (held: Held): held is External => held.kind === 'external';

/** The status as it was reported, or as the life says it. */
export const statusOf = (held: Held): Status =>
  isExternal(held) ? held.status : (held.reported ?? statusOfLife[held.life]);

/** Who did it, when, and in which operation. */
export interface By {
  actor: string;
  at: string;
  op_id: string;
}

/** What is said of an external deployment whose status becomes this. */
export function lived(before: Pick<External, 'life'>, status: Status, at: string) {
  const life = words[status].life ?? before.life;
  const archived = life === 'archived';
  const stage = archived ? ('archived' as const) : ('staging' as const);
  return { status, life, stage, archived_at: archived ? at : undefined, updated_at: at };
}

export type Wanted = Pick<
  External,
  'id' | 'project_id' | 'name' | 'version' | 'config' | 'config_version' | 'project'
>;

/** A new version, with the one entry of its history that the dialect does not show. */
export function bornExternal(
  wanted: Wanted,
  caller: Caller,
  { actor, at, op_id }: By,
): { made: External; entry: HistoryEntry } {
  const first = wanted.version === 1;
  const made: External = {
    ...wanted,
    kind: 'external',
    ...lived({ life: 'pending' }, first ? 'CREATED' : 'PENDING', at),
    status_message: first ? 'Deployment created' : 'Deployment update pending',
    model_provider_id: null,
    auth_context: contextOf(actor, caller.roles),
    h: 1,
    rev: 1,
    created_by: actor,
    created_at: at,
  };
  return { made, entry: historyOf(made, { actor, at, op_id }) };
}

export const contextOf = (principal_id: string, groups: readonly string[]): AuthContext => ({
  principal_id,
  principal_email: null,
  principal_groups: [...groups],
  principal_on_behalf_of: null,
  principal_on_behalf_of_groups: null,
  principal_on_behalf_of_email: null,
});

/** The last step of a deployment's life, for its history. */
export const historyOf = (held: Held, { actor, at, op_id }: By): HistoryEntry => ({
  n: held.h,
  life: held.life,
  stage: held.stage,
  status: statusOf(held),
  message: held.status_message,
  actor,
  op_id,
  at,
});
