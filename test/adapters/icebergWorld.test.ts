import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { icebergWorld } from '../../adapters/iceberg/world.ts';
import { restCatalog } from '../iceberg/support/restCatalog.ts';
import { livePaths, micros, name, overwrite, run, slotFile, target } from '../iceberg/support/tables.ts';

const slot = micros('2026-11-20T06:00:00Z');

test.each(['', 'file://'])('an entry of type file is a catalog below its warehouse: %s', async (scheme) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-world-'));
  try {
    const world = icebergWorld({ type: 'file', warehouse: `${scheme}${folder}` });
    await world.catalog.create(name, target);
    const change = () => overwrite(slot, [slotFile('a', slot)]);
    const runs = await Promise.all(['1', '1', '2'].map((id) => run(world, id, change)));
    expect(runs.filter(({ how }) => how === 'committed')).toHaveLength(2);
    expect(await livePaths(world)).toEqual(['a']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('an entry of type rest is asked over HTTP, and its files are in S3 only', async () => {
  await using server = await restCatalog();
  const world = icebergWorld({ type: 'rest', uri: server.uri, warehouse: 'w' });
  await world.catalog.create(name, target);
  expect((await world.catalog.load(name))?.metadata.snapshots).toEqual([]);
  await expect(world.storage.get('/etc/passwd')).rejects.toMatchObject({ code: 'unsupported' });
});
