import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change } from '../../iceberg/commit.ts';
import { type Replaced, verdictOn } from '../../iceberg/commitValues.ts';
import type { PartitionSpec } from '../../iceberg/model.ts';
import type { NewTable } from '../../iceberg/ports.ts';
import { field, filesOf, type Kind, kinds, type Row, same } from './support/byValue.ts';
import { around, liveEntries, loaded, memoryStorage, name, run } from './support/tables.ts';

const rowOf = (kind: Kind) =>
  fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...kind.values) }, fc.constant(null));
const writer = fc.record({ bounds: fc.boolean(), nulls: fc.boolean(), nans: fc.boolean() });

const oneFile = fc.constantFrom(...kinds).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    rows: fc.array(rowOf(kind), { minLength: 1, maxLength: 4 }),
    values: fc.array(rowOf(kind), { minLength: 1, maxLength: 2 }),
    transforms: fc.array(fc.constantFrom(...kind.transforms.filter(Boolean)), { maxLength: 2 }),
    writer,
  }),
);

test('a file that is kept holds none of the values, and one that is deleted holds nothing else', () => {
  const seen = { keep: 0, delete: 0, look: 0 };
  fc.assert(
    fc.property(oneFile, ({ kind, rows, values, transforms, writer }) => {
      const fields = transforms.map((transform, i) => ({
        id: 1000 + i,
        sourceId: 1,
        name: `p${i}`,
        transform,
      }));
      const spec: PartitionSpec = { id: 0, fields };
      for (const { file, held } of filesOf(kind, spec, rows, writer, 'f')) {
        const verdict = verdictOn(file, spec, { field: field(kind.type), values });
        const gone = held.filter((row) => values.some((value) => same(row, value))).length;
        seen[verdict]++;
        if (verdict === 'keep') expect(gone).toBe(0);
        if (verdict === 'delete') expect(gone).toBe(held.length);
      }
    }),
    { numRuns: 10_000 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(1_000);
});

const newTable = ({ type }: Kind, transforms: readonly string[]): NewTable => ({
  schema: {
    type: 'struct',
    fields: [
      { id: 1, name: 'p', required: false, type: type.type === 'decimal' ? 'decimal(9, 2)' : type.type },
    ],
  },
  'partition-spec': {
    fields: transforms.flatMap((transform, i) =>
      transform ? [{ 'source-id': 1, 'field-id': 1000 + i, name: `p${i}`, transform }] : [],
    ),
  },
  properties: {},
});

const scenario = fc.constantFrom(...kinds).chain((kind) => {
  const row = rowOf(kind);
  const rows = fc.array(row, { maxLength: 6 });
  const step = fc.record({
    rows,
    writer,
    spec: fc.nat(1),
    replaced: fc.option(fc.array(row, { minLength: 1, maxLength: 3 })),
  });
  const transforms = fc.constantFrom(...kind.transforms);
  return fc.record({
    kind: fc.constant(kind),
    specs: fc.tuple(transforms, transforms),
    steps: fc.array(step, { minLength: 1, maxLength: 5 }),
  });
});

test('replacing by value leaves the rows that a model of rows leaves, under any specs and statistics', async () => {
  let looked = 0;
  let deleted = 0;
  await fc.assert(
    fc.asyncProperty(scenario, async ({ kind, specs, steps }) => {
      const world = around(memoryStorage());
      await world.catalog.create(name, newTable(kind, [specs[0]]));
      const second = newTable(kind, ['', specs[1]])['partition-spec'];
      const held = new Map<string, Row[]>();
      let model: Row[] = [];
      for (const [i, step] of steps.entries()) {
        const evolved = {
          ...world,
          catalog: { ...world.catalog, load: async () => withSpec(await loaded(world), second) },
        };
        const { metadata } = await evolved.catalog.load();
        const spec = metadata.specs[step.spec] ?? { id: 0, fields: [] };
        const files = filesOf(kind, spec, step.rows, step.writer, `f${i}`);
        for (const { file, held: rows } of files) held.set(file.path, rows);
        const replaced: Replaced | undefined = step.replaced
          ? { field: field(kind.type), values: step.replaced }
          : undefined;
        const gone = (row: Row) => replaced?.values.some((value) => same(row, value)) ?? false;
        model = [...model.filter((row) => !gone(row)), ...step.rows];
        const change: Change = {
          added: files.map(({ file }) => file),
          replaced,
          positions: async (live) => {
            looked += live.length;
            for (const { file } of live)
              held.set(
                file.path,
                (held.get(file.path) ?? []).filter((row) => !gone(row)),
              );
            return [];
          },
        };
        await run(evolved, `${i}`, () => change);
        const { metadata: after } = await loaded(world);
        deleted += Number(after.snapshots.at(-1)?.summary['deleted-data-files'] ?? 0);
      }
      const final = {
        ...world,
        catalog: { ...world.catalog, load: async () => withSpec(await loaded(world), second) },
      };
      const rows = (await liveEntries(final)).flatMap(({ file }) => held.get(file.path) ?? []);
      expect(rows.map(String).sort()).toEqual(model.map(String).sort());
    }),
    { numRuns: 80 },
  );
  expect(looked).toBeGreaterThan(20);
  expect(deleted).toBeGreaterThan(20);
});

/** The table after its partition spec has changed. */
function withSpec(
  table: Awaited<ReturnType<typeof loaded>>,
  fields: NewTable['partition-spec'],
): typeof table {
  const [first] = table.metadata.specs;
  const listed = Array.isArray(fields.fields) ? fields.fields : [];
  const second: PartitionSpec = {
    id: 1,
    fields: listed.map((one) => ({
      id: 1001,
      sourceId: 1,
      name: 'p1',
      transform: String((one as { transform: string }).transform),
    })),
  };
  return { ...table, metadata: { ...table.metadata, specs: first ? [first, second] : [second] } };
}
