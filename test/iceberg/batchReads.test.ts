import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { icebergRead } from 'icebird';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { scoredPart } from '../../functions/kit/batch/run/part.ts';
import { plannedRun } from '../../functions/kit/batch/run/planning.ts';
import { commitRun } from '../../iceberg/commitLoop.ts';

import { byId, churn, customers, customersTable, small } from './support/churn.ts';
import {
  definition,
  nameOf,
  type RunWorld,
  runAll,
  runOf,
  runWorld,
  source,
  target,
} from './support/runWorld.ts';

let it: RunWorld;
const [from, to] = [nameOf(source), nameOf(target)];
beforeEach(async () => {
  it = await runWorld();
  await it.world.catalog.create(from, customersTable);
});
afterEach(() => it[Symbol.asyncDispose]());

const score = (name: string, slot?: string, more: Parameters<typeof runAll>[2] = {}) => {
  const run = runOf(name, slot);
  return runAll(it.of(run, churn), run, more);
};

test('of two copies of one part the first counts, and the file of the other goes', async () => {
  await it.append(from, customers(0, 20));
  const run = runOf('a');
  const world = it.of(run, churn);
  const plan = await plannedRun(world, run, { definition, scored: { id: 'm', version: '3', sha256: '' } });
  const blind = {
    ...world,
    files: {
      ...world.files,
      read: async (name: string) => (name.startsWith('out/') ? undefined : world.files.read(name)),
    },
  };
  await Promise.all([scoredPart(world, run, plan, 0), scoredPart(blind, run, plan, 0)]);
  await scoredPart(blind, run, plan, 0);
  const { location } = (await it.world.catalog.load(to))?.metadata ?? { location: '' };
  expect(readdirSync(join(location, 'data'))).toHaveLength(1);
  await runAll(world, run);
  expect(await it.rows(to)).toHaveLength(20);
});

test('rows that were deleted in the source are not scored', async () => {
  await it.append(from, customers(0, 100));
  const found = await it.world.catalog.load(from);
  const file = (await it.files(from))[0];
  if (!found || !file) throw new Error('there is no file');
  const path = `${found.metadata.location}/data/deletes.parquet`;
  const equality = `${found.metadata.location}/data/equality.parquet`;
  const deletes = await it.deletes(
    path,
    `SELECT '${file.path}' AS file_path, CAST(i AS BIGINT) AS pos FROM range(0, 10) t(i)`,
    '{file_path: 2147483546, pos: 2147483545}',
  );
  const byKey = await it.deletes(equality, 'SELECT CAST(unnest([20, 21, 500]) AS BIGINT) AS id', '{id: 1}');
  await commitRun(it.world, {
    ...{ table: from, runId: 'x', properties: {}, deadline: Date.now() + 9_000 },
    change: () => ({
      added: [
        { ...deletes, content: 'positionDeletes' },
        { ...byKey, content: 'equalityDeletes', equalityIds: [1] },
      ],
    }),
  });
  expect(await score('a')).toMatchObject({ committed: { rows_scored: 88 } });
  const ids = byId(await it.rows(to)).map(({ id }) => Number(id));
  expect([ids[0], ids.includes(20), ids.includes(21), ids.includes(22)]).toEqual([10, false, false, true]);
});

test('another reader reads every snapshot of the target alike', async () => {
  await it.append(from, customers(0, 300));
  await score('a');
  await score('b', '2026-11-20T07:00:00Z', { limits: small });
  await score('c');
  const found = await it.world.catalog.load(to);
  if (!found) throw new Error('there is no table');
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    const bytes = readFileSync(path);
    const range = /bytes=(\d+)-(\d*)/.exec(new Headers(init?.headers).get('range') ?? '');
    const part = range
      ? bytes.subarray(Number(range[1]), range[2] ? Number(range[2]) + 1 : undefined)
      : bytes;
    return new Response(part, {
      status: range ? 206 : 200,
      headers: { 'content-length': String(part.length) },
    });
  });
  try {
    expect(found.metadata.snapshots).toHaveLength(3);
    for (const { id } of found.metadata.snapshots) {
      const metadata = { ...found.json, 'current-snapshot-id': id };
      const read = await icebergRead({ tableUrl: 'unused', metadata: metadata as never });
      const keyed = (rows: Record<string, unknown>[]) =>
        rows.map((row) => `${row.id} ${row.prediction} ${row.probability_yes}`).sort();
      expect(keyed(read)).toEqual(keyed(await it.rows(to, id)));
    }
  } finally {
    vi.unstubAllGlobals();
  }
});
