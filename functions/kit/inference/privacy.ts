import * as serving from '../../../adapters/privacy/serving.ts';
import type { Caller } from '../../../domain/apiKey.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { type Anonymiser, anonymiser, needsKey } from '../../../domain/privacy/anonymise.ts';
import { type Copies, copiesOf } from '../../../domain/privacy/copies.ts';
import {
  assertMayWeaken,
  type Found,
  type Options,
  type Privacy,
  policyIdOf,
  privacyOf,
  swaps,
  treatmentOf,
} from '../../../domain/privacy/settings.ts';
import { busy, notFound } from '../../../domain/problem.ts';
import { newId, now } from '../clock.ts';
import { fault } from '../metrics.ts';
import { remembered } from './cache.ts';

const policy = remembered(
  (key: string) => {
    const [projectId = '', id = ''] = key.split('/');
    return serving.policy(projectId, id);
  },
  { age: 5_000, most: 1_000 },
);
/** A project's key never changes. */
const key = remembered(serving.key, { age: Number.POSITIVE_INFINITY, most: 1_000 });

/**
 * What may leave of a request: by its own options, its deployment and the policy. Weakening is for few, and written
 * down before anything else happens. What cannot be read is not worked around: then less leaves.
 */
export async function copiesFor(
  caller: Caller,
  deployment: Deployment,
  options: Options = {},
): Promise<Copies> {
  const { config } = deployment;
  assertMayWeaken(caller, swaps(config, options));
  const found = await foundFor(deployment, options);
  const privacy = privacyOf(config, options, found);
  assertMayWeaken(caller, privacy.weakened);
  if (privacy.weakened.length > 0) await note(caller, deployment, options, privacy);
  return copiesOf(privacy, await anonymiserFor(deployment, privacy, found));
}

async function foundFor({ config, project_id }: Deployment, options: Options): Promise<Found> {
  const id = policyIdOf(config, options);
  if (id === undefined) return undefined;
  try {
    const found = await policy(`${project_id}/${id}`);
    if (found) return found;
  } catch (error) {
    fault('predict', error);
    return 'unreadable';
  }
  // Whoever names a policy is told that there is none; a deployment that had one is not without one.
  if (options.privacy_policy_id !== undefined) throw notFound('Privacy policy');
  return 'unreadable';
}

async function anonymiserFor(
  { config, project_id }: Deployment,
  { logs, response }: Privacy,
  found: Found,
): Promise<Anonymiser | undefined> {
  if (found === 'unreadable' || !(logs || response)) return undefined;
  const treatment = treatmentOf(config, found);
  try {
    return anonymiser({ ...treatment, key: needsKey(treatment) ? await key(project_id) : undefined });
  } catch (error) {
    fault('predict', error);
    return undefined;
  }
}

async function note(
  caller: Caller,
  { id, project_id }: Deployment,
  { privacy_policy_id }: Options,
  { weakened }: Privacy,
): Promise<void> {
  const told = { id: newId(), project_id, deployment_id: id, weakened, actor: caller.id, at: now() };
  await serving.weakened({ ...told, policy_id: privacy_policy_id }).catch((error) => {
    fault('predict', error);
    throw busy();
  });
}
