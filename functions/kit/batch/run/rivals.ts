import * as targets from '../../../../adapters/batch/targets.ts';
import * as deployments from '../../../../adapters/deployments/deployments.ts';
import type { Life } from '../../../../domain/deployment.ts';
import { fault } from '../../../../iceberg/fault.ts';
import type { Definition } from './world.ts';

const place = ({ target, partition_column }: Definition): string =>
  JSON.stringify([target.catalog, target.schema, target.table, partition_column.toLowerCase()]);

const tries = 5;
/** What may not serve again has given up its target. */
const over: readonly Life[] = ['failed', 'archived'];

/**
 * Take a column of a target for the deployment that is to overwrite it, in whichever project. Refuses a second one: equal
 * slots would erase each other. One that is stopped keeps it, because it may be started at any time.
 */
export async function assertAlone(
  { project_id, deployment_id }: { project_id: string; deployment_id: string },
  definition: Definition,
): Promise<void> {
  if (definition.rerun_behavior !== 'overwrite_partition') return;
  for (let tried = 0; tried < tries; tried++) {
    const held = await targets.holder(place(definition));
    if (held === deployment_id) return;
    const rival = held === undefined ? undefined : await deployments.find(held);
    if (rival && !over.includes(rival.life)) throw refusal(rival, project_id);
    if (await targets.take(place(definition), deployment_id, held)) return;
  }
  throw fault('refused', 'others want the same partition column of this target');
}

/** What belongs to another project is not named. */
const refusal = (rival: { project_id: string; name: string }, own: string) =>
  fault(
    'refused',
    rival.project_id === own
      ? `deployment '${rival.name}' overwrites the same partition column of this target`
      : 'a deployment of another project overwrites the same partition column of this target',
  );
