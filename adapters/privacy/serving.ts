import type { Policy } from '../../domain/privacy/policy.ts';
import * as dynamo from '../aws/dynamo.ts';
import { env } from '../aws/env.ts';
import * as secrets from '../aws/secrets.ts';
import { at, v } from '../items.ts';
import { policyOf } from './items.ts';
import { keyIn, nameOfKey } from './keys.ts';

/** What predictions read and write for privacy, without an SDK. */
export async function policy(projectId: string, id: string): Promise<Policy | undefined> {
  const item = await dynamo.get(env('CONTROL_TABLE'), at.policy(projectId, id));
  return item && policyOf(item);
}

/** The key of a project's pseudonyms, 32 bytes; undefined where there is none. */
export async function key(projectId: string): Promise<Uint8Array | undefined> {
  return keyIn(await secrets.read(nameOfKey(projectId)));
}

/** Ids, and which settings were weaker than the deployment's. */
export interface Weakened {
  id: string;
  project_id: string;
  deployment_id: string;
  /** The policy that was asked for in place of the deployment's. */
  policy_id: string | undefined;
  weakened: readonly string[];
  actor: string;
  at: string;
}

/** Write down that a request got less privacy than its deployment has: it is told and audited like any change. */
export async function weakened({ deployment_id, weakened, ...told }: Weakened): Promise<void> {
  const item = { ...at.outbox(told.project_id, Date.parse(told.at), told.id), v, ...told };
  const named = { type: 'privacy.weakened', subject: deployment_id, weakened: weakened.join() };
  await dynamo
    .put(env('CONTROL_TABLE'), { ...item, ...named }, { timeout: 1_000, attempts: 2 })
    .catch((error) => {
      // The first attempt was written, and its answer was lost.
      if (error.name !== 'ConditionalCheckFailedException') throw error;
    });
}
