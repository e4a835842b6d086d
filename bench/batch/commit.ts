import { join } from 'node:path';
import { icebergWorld } from '../../adapters/iceberg/world.ts';
import { commitRun } from '../../iceberg/commitLoop.ts';
import type { DataFile } from '../../iceberg/model.ts';
import { micros, overwrite, slotFile, target } from '../../test/iceberg/support/tables.ts';
import type { Timed } from './tables.ts';

const table = { namespace: ['bench'], name: 'many' };
const slot = micros('2026-01-01T00:00:00Z');

/** Statistics of five columns, as a scored part has them. */
function file(prefix: string, i: number): DataFile {
  const one = slotFile(`s3://warehouse/${prefix}-${i}.parquet`, slot);
  const counts = new Map([1, 2, 3, 4, 5].map((id) => [id, i + id]));
  const bounds = new Map([1, 2, 3, 4].map((id) => [id, Buffer.alloc(8, i)]));
  return {
    ...one,
    ...{ columnSizes: counts, valueCounts: counts, nanValueCounts: new Map([[2, 0]]) },
    nullValueCounts: new Map([1, 2, 3, 4, 5].map((id) => [id, 0])),
    lowerBounds: new Map([...bounds, ...(one.lowerBounds ?? [])]),
    upperBounds: new Map([...bounds, ...(one.upperBounds ?? [])]),
  };
}

/** Append so many files to an empty table by one commit, and replace them by as many others by another one. */
export async function commits(root: string, count: number): Promise<{ append: Timed; replace: Timed }> {
  const world = icebergWorld({ type: 'file', warehouse: join(root, 'many') });
  await world.catalog.create(table, target);
  const all = (prefix: string) => Array.from({ length: count }, (_, i) => file(prefix, i));
  const done = async (runId: string, added: DataFile[]): Promise<Timed> => {
    const [start, before] = [performance.now(), process.cpuUsage()];
    const deadline = Date.now() + 60_000;
    await commitRun(world, { table, runId, properties: {}, change: () => overwrite(slot, added), deadline });
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
  };
  return { append: await done('a', all('a')), replace: await done('b', all('b')) };
}
