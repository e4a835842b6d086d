import { expect, test } from 'vitest';
import type { DataFile } from '../../iceberg/model.ts';
import {
  around,
  liveEntries,
  memoryStorage,
  micros,
  name,
  overwrite,
  run,
  slotFile,
  target,
} from './support/tables.ts';

const slot = micros('2026-11-20T06:00:00Z');
const count = 10_000;
/** Statistics of five columns, as a scored part has them. */
const files = (prefix: string): DataFile[] =>
  Array.from({ length: count }, (_, i) => {
    const file = slotFile(`s3://warehouse/scores/churn/data/${prefix}-${i}.parquet`, slot);
    const counts = new Map([1, 2, 3, 4, 5].map((id) => [id, i + id]));
    const bounds = new Map([1, 2, 3, 4].map((id) => [id, Buffer.alloc(8, i)]));
    const own = [...(file.lowerBounds ?? [])];
    return {
      ...file,
      ...{ columnSizes: counts, valueCounts: counts, nanValueCounts: new Map([[2, 0]]) },
      nullValueCounts: new Map([1, 2, 3, 4, 5].map((id) => [id, 0])),
      ...{ lowerBounds: new Map([...bounds, ...own]), upperBounds: new Map([...bounds, ...own]) },
    };
  });

/** CPU, so that a machine which others use too does not decide. */
async function seconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

test('10,000 files are appended, and replaced by 10,000 others, in less than 2 s of CPU each', async () => {
  const [first, second] = [files('a'), files('b')];
  let slowest = Number.POSITIVE_INFINITY;
  // Neighbours make CPU slower too, so the best of three counts.
  for (let round = 0; round < 3 && slowest >= 2; round++) {
    const world = around(memoryStorage());
    await world.catalog.create(name, target);
    const append = await seconds(() => run(world, 'a', () => ({ added: first })));
    const replace = await seconds(() => run(world, 'b', () => overwrite(slot, second)));
    slowest = Math.max(append, replace);
    const live = await liveEntries(world);
    expect([live.length, live[0]?.file.path]).toEqual([count, second[0]?.path]);
  }
  expect(slowest).toBeLessThan(2);
});
