import type { Caller } from '../../../domain/apiKey.ts';
import { assertRole } from '../../../domain/batch/roles.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import { unknown, unsupported } from '../../../domain/live/errors.ts';
import { idIn } from '../../../domain/live/rid.ts';
import { seenBy } from '../inference/serving.ts';

interface Way {
  params: { liveDeploymentRid: string };
  caller: Caller;
}

/** The deployment that a path names, as predictions look for it: without an SDK, and remembered for seconds. */
export async function findServed({ params: { liveDeploymentRid: rid }, caller }: Way): Promise<Deployment> {
  const id = idIn('deployment', rid);
  const found = id === undefined ? undefined : await seenBy(caller, id);
  if (found === undefined) throw unknown(rid);
  if (found === 'elsewhere') throw unsupported();
  assertRole(caller, found);
  return found;
}
