import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { put } from '../../../adapters/aws/secrets.ts';
import { transport } from '../../../adapters/aws/signed.ts';
import { catalogWorld } from '../../../adapters/iceberg/catalogs.ts';
import { handler as checkBatch } from '../../../functions/batch/checkBatch.ts';
import { commitRun } from '../../../iceberg/commitLoop.ts';
import { planScan, snapshotAt } from '../../../iceberg/plan.ts';
import type { TableName } from '../../../iceberg/ports.ts';
import { type Machine, run } from '../../../local/asl/run.ts';
import { plainTable } from '../../iceberg/support/runWorld.ts';
import { testEngine } from '../../iceberg/support/testEngine.ts';
import { grantCatalogs } from '../../support/granted/granted.ts';
import { openBatch } from './batching.ts';

export const orders: TableName = { namespace: ['sales'], name: 'orders' };
export const scores: TableName = { namespace: ['sales'], name: 'scores' };
const features = ['age', 'income', 'ratio', 'visits', 'unused', '__proto__'];
const doubles = Object.fromEntries([...features.map((name) => [name, 'double'])]);

/** Rows with a NULL here and there. */
export const rowsSql = (count: number) =>
  `SELECT CAST(i AS BIGINT) AS id, ${features
    .map((name, k) => `CASE WHEN i % ${k + 7} = 0 THEN NULL ELSE sin(i * ${k + 1}) * 3 END AS "${name}"`)
    .join(', ')} FROM range(${count}) t(i)`;

const network = transport.send;

/** The whole system with its tables in a stand-in for S3, and the machine of a run as it stands. */
export async function openScoring(
  catalogs: Record<string, { data?: string[]; [field: string]: unknown }> = {},
  secrets: Record<string, string> = {},
) {
  const batch = await openBatch();
  const places = Object.values(catalogs).flatMap(({ data = [] }) => data);
  if (places.length > 0) grantCatalogs(places, Object.keys(secrets).length > 0);
  for (const [name, value] of Object.entries(secrets)) await put(name, value);
  // Servers of catalogs are real ones on loopback.
  const inside = transport.send;
  transport.send = (url, headers, call) =>
    (['catalog', 'glue', 's3tables'].includes(call.service) ? network : inside)(url, headers, call);
  const iceberg = { type: 'file', warehouse: 's3://warehouse/tables' };
  const told = Object.entries(catalogs).map(([name, { data: _, ...entry }]) => [name, entry]);
  process.env.CATALOGS = JSON.stringify({ iceberg, ...Object.fromEntries(told) });
  batch.functions.set('checkBatch', checkBatch);
  const around = catalogWorld('iceberg');
  const { catalog, storage } = around;
  const engine = await testEngine();
  const folder = mkdtempSync(join(tmpdir(), 'slipway-scoring-'));
  const machine = JSON.parse(readFileSync('statemachines/batchScore.asl.json', 'utf8')) as Machine;
  await catalog.create(orders, plainTable({ id: 'long', ...doubles }));

  const append = async (sql: string) => {
    const file = join(folder, 'rows.parquet');
    const ids = ['id', ...features].map((name, i) => `"${name}": ${i + 1}`).join(', ');
    const [counted] = await engine.query(
      `COPY (${sql}) TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE 2048, FIELD_IDS {${ids}})`,
    );
    const bytes = readFileSync(file);
    const path = `s3://warehouse/tables/sales/orders/data/${Math.random()}.parquet`;
    await storage.put(path, bytes);
    const added = [
      {
        ...{ content: 'data' as const, path, format: 'parquet', specId: 0, partition: [] },
        recordCount: Number(counted?.Count),
        sizeBytes: bytes.length,
      },
    ];
    const deadline = Date.now() + 9_000;
    await commitRun(around, {
      table: orders,
      runId: path,
      properties: {},
      change: () => ({ added }),
      deadline,
    });
  };
  const read = async (table: TableName, from = catalog) => {
    const found = await from.load(table);
    const files = found ? await planScan(storage, found.metadata, snapshotAt(found.metadata)) : [];
    const rows: Record<string, unknown>[] = [];
    for (const { file } of files) {
      const at = join(folder, 'read.parquet');
      writeFileSync(at, await storage.get(file.path));
      rows.push(...(await engine.query(`SELECT * ${printable(table)} FROM read_parquet('${at}')`)));
    }
    return rows;
  };
  /** The machine of a run on its input, to its end; the states that it entered. */
  const execute = async (input: object, more: Partial<Parameters<typeof run>[2]> = {}) => {
    const entered: string[] = [];
    const ended = await run(machine, input, {
      invoke: async (name, payload) => batch.functions.get(name)?.(payload, {} as never),
      sleep: async () => {},
      now: Date.now,
      random: Math.random,
      entered: (state) => entered.push(state),
      read: async (bucket, key) => batch.store.get(`${bucket}/${key}`)?.toString(),
      ...more,
    }).then(
      () => 'succeeded',
      (error: unknown) => `failed: ${error instanceof Error ? error.message : ''}`,
    );
    return { ended, entered };
  };
  const close = () => {
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...batch, catalog, engine, append, read, execute, close };
}
export type Scoring = Awaited<ReturnType<typeof openScoring>>;

/** Objects of rows hold no times, and one name only as what they inherit from. */
const printable = ({ name }: TableName) =>
  name === orders.name
    ? 'RENAME ("__proto__" AS proto)'
    : 'REPLACE (CAST(scored_at AS VARCHAR) AS scored_at)';
