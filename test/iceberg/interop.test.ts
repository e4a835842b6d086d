import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { icebergRead } from 'icebird';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { icebergFileCatalog } from '../../adapters/iceberg/fileCatalog.ts';
import { localStorage } from '../../adapters/iceberg/storage.ts';
import { parseJson } from '../../iceberg/json64.ts';
import { name } from './support/tables.ts';
import { type Rows, slots, summed, type Written, writtenTable } from './support/written.ts';

let written: Written;
beforeAll(async () => {
  written = await writtenTable();
});
afterAll(() => written[Symbol.dispose]());

test('another reader reads every snapshot as it was meant', async () => {
  const catalog = icebergFileCatalog({
    storage: localStorage(written.root),
    root: written.root,
    now: Date.now,
    newId: String,
  });
  const found = await catalog.load(name);
  if (!found) throw new Error('there is no table');
  vi.stubGlobal('fetch', serveFiles);
  try {
    for (const { id, rows } of written.snapshots) {
      const metadata = { ...found.json, 'current-snapshot-id': id };
      const read = await icebergRead({ tableUrl: 'unused', metadata: metadata as never });
      const seen = read.map((row) => ({ id: Number(row.id), scoredAt: (row.scored_at as Date).getTime() }));
      expect(summed(seen)).toEqual(rows);
    }
  } finally {
    vi.unstubAllGlobals();
  }
  expect(written.snapshots).toHaveLength(7);
});

/** A disk behind HTTP, ranges too. */
async function serveFiles(path: string, init?: RequestInit): Promise<Response> {
  const bytes = readFileSync(path);
  const range = /bytes=(\d+)-(\d*)/.exec(new Headers(init?.headers).get('range') ?? '');
  if (!range) return new Response(bytes, { headers: { 'content-length': String(bytes.length) } });
  const part = bytes.subarray(Number(range[1]), range[2] ? Number(range[2]) + 1 : undefined);
  return new Response(part, { status: 206, headers: { 'content-length': String(part.length) } });
}

const python = process.env.PYICEBERG_PYTHON ?? 'python3';
const program = `
import json, sys
from pyiceberg.table import StaticTable
table = StaticTable.from_metadata(sys.argv[1])
out = []
for snapshot in table.metadata.snapshots:
    rows = table.scan(snapshot_id=snapshot.snapshot_id).to_arrow()
    ids = rows["id"].to_pylist()
    times = [t.timestamp() * 1000 for t in rows["scored_at"].to_pylist()]
    one = table.scan(snapshot_id=snapshot.snapshot_id, row_filter=sys.argv[2]).to_arrow()
    out.append({"id": str(snapshot.snapshot_id), "rows": list(zip(ids, times)), "filtered": one.num_rows})
files = table.inspect.files().num_rows
entries = table.inspect.entries().num_rows
print(json.dumps({"snapshots": out, "files": files, "entries": entries, "manifests": table.inspect.manifests().num_rows}))
`;

function havePyIceberg(): boolean {
  try {
    execFileSync(python, ['-c', 'import pyiceberg, pyarrow'], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}
const skipped = havePyIceberg()
  ? ''
  : `skipped: ${python} has no pyiceberg with pyarrow (PYICEBERG_PYTHON names another)`;

interface Seen {
  snapshots: { id: string; rows: [number, number][]; filtered: number }[];
  files: number;
  entries: number;
  manifests: number;
}

test.skipIf(skipped !== '')(`PyIceberg reads every snapshot as it was meant ${skipped}`, () => {
  const folder = join(written.root, 'scores/churn/metadata');
  const version = readFileSync(join(folder, 'version-hint.text'), 'utf8');
  const filter = `scored_at == '${new Date(Number(slots[0] / 1_000n)).toISOString().replace('Z', '+00:00')}'`;
  const output = execFileSync(python, ['-c', program, join(folder, `v${version}.metadata.json`), filter], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  const seen = parseJson(output) as unknown as Seen;
  const rows = seen.snapshots.map(({ id, rows }): [string, Rows] => [
    id,
    summed(rows.map(([id, scoredAt]) => ({ id, scoredAt }))),
  ]);
  expect(rows).toEqual(written.snapshots.map(({ id, rows }) => [String(id), rows]));
  expect(seen.snapshots.map(({ filtered }) => filtered)).toEqual(
    written.snapshots.map(({ rows }) => rows.a?.[0] ?? 0),
  );
  expect(Math.min(seen.files, seen.entries, seen.manifests)).toBeGreaterThan(0);
});
