import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { irOf, linearOf } from '../scoring/irs.ts';
import { customers, customersTable } from './support/churn.ts';
import {
  modelOf,
  nameOf,
  plainTable,
  type RunWorld,
  runOf,
  runWorld,
  source,
  target,
} from './support/runWorld.ts';
import { churnJob, filter, onSpark, plannedJob, sparkWorldOf } from './support/sparkRun.ts';

let it: RunWorld;
const [from, to] = [nameOf(source), nameOf(target)];
beforeEach(async () => {
  it = await runWorld();
  await it.world.catalog.create(from, customersTable);
});
afterEach(() => it[Symbol.asyncDispose]());

const jobOf = (name: string, more?: Parameters<typeof onSpark>[0]) => churnJob(it, name, more);

describe('what a job is told', () => {
  test('of a run that overwrites', async () => {
    await it.append(from, customers(0, 10));
    const { run, job, plan } = await jobOf('a', { source: { ...source, filter_sql: filter } });
    expect([plan.engine, plan.parts.count]).toEqual(['emr-serverless', 0]);
    const table = await it.world.catalog.load(to);
    expect(job).toEqual({
      run: { run_id: run.run_id, deployment_id: run.deployment_id, scheduled_at: '2026-11-20T06:00:00Z' },
      model: {
        ...{ id: 'm', version: '3', sha256: '' },
        image: { address: `${it.root}/model.img`, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
      catalogs: {
        source: { type: 'hadoop', warehouse: `${it.root}/tables` },
        target: { type: 'hadoop', warehouse: `${it.root}/tables` },
      },
      source: {
        table: '`source`.`crm`.`customers`',
        snapshot_id: plan.source.snapshot_id,
        columns: [
          { as: 'c1', sql: '`id`' },
          { as: 'c2', sql: '`age`' },
          { as: 'c3', sql: '`spent`' },
        ],
        filter:
          "((`c1` < 900) AND (((`c3` - 0) > CAST('2.5' AS DECIMAL(2, 1))) OR (`c2` IS NULL)) AND " +
          "(CAST('2026-11-20T06:00:00.000000+00' AS TIMESTAMP) > CAST('2026-01-01 00:00:00+00' AS TIMESTAMP)))",
        entity: [{ column: 'c1', type: 'BIGINT' }],
        features: [
          { name: 'age', sql: 'CAST(`c2` AS DOUBLE)' },
          { name: 'spent', sql: 'CAST(`c3` AS DOUBLE)' },
        ],
      },
      outputs: [
        { name: 'prediction', type: 'string', labels: ['no', 'yes'] },
        { name: 'probability_no', type: 'double' },
        { name: 'probability_yes', type: 'double' },
      ],
      target: {
        table: '`target`.`scores`.`churn`',
        uuid: table?.metadata.tableUuid,
        spread: true,
        columns: [
          { name: 'id', sql: 'e0' },
          { name: 'prediction', sql: 'o0' },
          { name: 'probability_no', sql: 'o1' },
          { name: 'probability_yes', sql: 'o2' },
          { name: 'model_version', sql: "'3'" },
          { name: 'run_id', sql: `'${run.run_id}'` },
          { name: 'scored_at', sql: "CAST('2026-11-20T06:00:00.000000Z' AS TIMESTAMP)" },
        ],
      },
      mode: 'overwrite_partition',
      replaces: { column: '`scored_at`', value: "CAST('2026-11-20T06:00:00.000000Z' AS TIMESTAMP)" },
      once: null,
      properties: {
        'slipway.run-id': run.run_id,
        'slipway.deployment': run.deployment_id,
        'slipway.model-version': '3',
        'slipway.source-snapshot': plan.source.snapshot_id,
      },
      result: `${it.root}/runs/${run.run_id}/job-result.json`,
      failed: `${it.root}/runs/${run.run_id}/failed.json`,
    });
  });

  test('of a run that leaves duplicates out, and of one that replaces the values of a column', async () => {
    const slot = { column: '`scored_at`', value: "CAST('2026-11-20T06:00:00.000000Z' AS TIMESTAMP)" };
    const dedup = await jobOf('a', { rerun_behavior: 'append_dedup' });
    expect(dedup.job).toMatchObject({
      mode: 'append_dedup',
      replaces: null,
      once: { slot, keys: [{ entity: 'e0', column: '`id`' }] },
      source: { snapshot_id: null, filter: null },
    });
    const byId = await jobOf('b', { partition_column: 'id', target: { ...target, table: 'by_id' } });
    expect(byId.job).toMatchObject({ replaces: { column: '`id`', entity: 'e0' } });
  });

  test('names and texts stay what they are, whatever is in them', async () => {
    const odd = plainTable({ id: 'long', 'a`b "c"': 'double', "it's": 'string' });
    await it.world.catalog.create({ namespace: ['crm'], name: 'odd' }, odd);
    const features = [
      { name: 'a`b "c"', kind: 'number' as const },
      { name: "it's", kind: 'category' as const, levels: ['x'] },
    ];
    const ir = irOf({ features, core: linearOf([1, 1], [0]) });
    const run = runOf('a');
    const asked = onSpark({
      source: { catalog: 'iceberg', schema: 'crm', table: 'odd', filter_sql: `"it's" <> 'a''b\\'` },
      target: { ...target, table: 'odd' },
    });
    const { job } = await plannedJob(sparkWorldOf(it, run, modelOf(ir), ir), run, asked);
    expect(job).toMatchObject({
      source: {
        columns: [
          { as: 'c1', sql: '`id`' },
          { as: 'c2', sql: '`a``b "c"`' },
          { as: 'c3', sql: "`it's`" },
        ],
        filter: "(`c3` <> 'a\\'b\\\\')",
        features: [{ sql: 'CAST(`c2` AS DOUBLE)' }, { sql: '`c3`' }],
      },
    });
  });

  test('a retry reads the same parameters again, and a column of no use is named', async () => {
    await it.append(from, customers(0, 10));
    const first = await jobOf('a');
    await it.append(from, customers(10, 20));
    const again = await jobOf('a');
    expect([again.address, again.job]).toEqual([first.address, first.job]);
    const timed = { namespace: ['crm'], name: 'timed' };
    await it.world.catalog.create(timed, plainTable({ id: 'long', age: 'int', spent: 'double', at: 'time' }));
    const told = jobOf('b', {
      source: { ...source, table: 'timed' },
      entity_columns: ['id', 'at'],
      target: { ...target, table: 'timed' },
    });
    await expect(told).rejects.toThrow("'at' is a column of a type that Spark does not read");
  });
});
