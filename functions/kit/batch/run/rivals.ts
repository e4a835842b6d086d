import * as deployments from '../../../../adapters/deployments/deployments.ts';
import { fault } from '../../../../iceberg/fault.ts';
import type { Definition } from './world.ts';

const place = ({ target, partition_column }: Definition): string =>
  JSON.stringify([target.catalog, target.schema, target.table, partition_column.toLowerCase()]);

/** Refuse a second deployment that overwrites the same column of the same table: equal slots would erase each other. */
export async function assertAlone(
  { project_id, deployment_id }: { project_id: string; deployment_id: string },
  definition: Definition,
): Promise<void> {
  if (definition.rerun_behavior !== 'overwrite_partition') return;
  const others = await deployments.every(project_id, 'batch');
  const rival = others.find(
    ({ id, life, batch }) =>
      id !== deployment_id &&
      life === 'active' &&
      batch?.rerun_behavior === 'overwrite_partition' &&
      place(batch) === place(definition),
  );
  if (rival)
    throw fault('refused', `deployment '${rival.name}' overwrites the same partition column of this target`);
}
