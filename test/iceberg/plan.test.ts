import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attachDeletes, type LiveFile } from '../../iceberg/deletes.ts';
import { isFault } from '../../iceberg/fault.ts';
import type { DataFile, Field, PartitionSpec, Value } from '../../iceberg/model.ts';
import { sameValue } from '../../iceberg/order.ts';
import { fileColumns, placesIn, project } from '../../iceberg/project.ts';

const specs: PartitionSpec[] = [
  { id: 0, fields: [] },
  { id: 1, fields: [{ id: 1000, sourceId: 1, name: 'p', transform: 'identity' }] },
  { id: 2, fields: [{ id: 1000, sourceId: 1, name: 'p', transform: 'void' }] },
];
const pathField = 2147483546;

const file = (changes: Partial<DataFile>): DataFile => ({
  content: 'data',
  path: 'a',
  format: 'parquet',
  specId: 0,
  partition: [],
  recordCount: 1,
  sizeBytes: 1,
  ...changes,
});

const value = fc.constantFrom<Value | null>(
  null,
  0,
  -0,
  1n,
  1,
  '1',
  'null',
  Number.NaN,
  Buffer.of(1),
  Buffer.of(2),
);
const nothing: Value[] = [];
const place: fc.Arbitrary<Pick<DataFile, 'specId' | 'partition'>> = fc.oneof(
  fc.constant({ specId: 0, partition: nothing }),
  value.map((one) => ({ specId: 1, partition: [one] })),
  fc.constant({ specId: 2, partition: [null].slice() }),
);
const path = fc.constantFrom('a', 'b', 'c', 'ca');
const live = (files: fc.Arbitrary<DataFile>) => fc.record({ file: files, sequenceNumber: fc.nat(3) });
const dataFiles = fc.array(live(fc.tuple(path, place).map(([name, at]) => file({ path: name, ...at }))));
const bounded = (lower: string, upper: string) => ({
  lowerBounds: new Map([[pathField, Buffer.from(lower)]]),
  upperBounds: new Map([[pathField, Buffer.from(upper)]]),
});
const target = fc.oneof(
  fc.constant({}),
  path.map((referencedDataFile) => ({ referencedDataFile })),
  path.map((name) => bounded(name, name)),
  fc.tuple(path, path).map(([a, b]) => bounded([a, b].sort()[0] ?? a, [a, b].sort()[1] ?? b)),
);
const deleteFiles = fc.array(
  live(
    fc
      .tuple(fc.constantFrom('positionDeletes', 'equalityDeletes'), place, target)
      .map(([content, at, about]) =>
        file({ ...at, ...(content === 'positionDeletes' ? about : {}), content }),
      ),
  ),
);

const samePlace = (a: DataFile, b: DataFile) =>
  a.specId === b.specId && a.partition.every((one, i) => sameValue(one, b.partition[i] ?? null));

/** The rules of the specification, said one by one. */
function applies(one: LiveFile, { file: deletes, sequenceNumber }: LiveFile): boolean {
  if (deletes.content === 'equalityDeletes')
    return one.sequenceNumber < sequenceNumber && (deletes.specId !== 1 || samePlace(one.file, deletes));
  const lower = deletes.lowerBounds?.get(pathField)?.toString();
  const upper = deletes.upperBounds?.get(pathField)?.toString();
  const named = deletes.referencedDataFile ?? (lower === upper ? lower : undefined);
  const about = named === undefined ? samePlace(one.file, deletes) : named === one.file.path;
  const within = (lower ?? '') <= one.file.path && one.file.path <= (upper ?? '~');
  return one.sequenceNumber <= sequenceNumber && about && within;
}

test('a data file gets exactly the deletes that are about it', () => {
  fc.assert(
    fc.property(dataFiles, deleteFiles, (data, deletes) => {
      for (const scan of attachDeletes(data, deletes, specs)) {
        const expected = deletes.filter((one) => applies(scan, one)).map((one) => one.file);
        expect(new Set([...scan.positionDeletes, ...scan.equalityDeletes])).toEqual(new Set(expected));
        expect(scan.positionDeletes.length + scan.equalityDeletes.length).toBe(expected.length);
        expect(scan.equalityDeletes.every(({ content }) => content === 'equalityDeletes')).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

const field = (id: number, changes: Partial<Field> = {}): Field => ({
  id,
  name: `n${id}`,
  required: false,
  type: { type: 'long' },
  ...changes,
});
const column = (name: string, fieldId?: number) => ({ name, fieldId, type: 'BIGINT' });

test('only the columns at the top of a file count', () => {
  const row = (name: string, field_id: number | null, num_children: number | null) => ({
    name,
    field_id,
    num_children,
    duckdb_type: 'X',
  });
  const rows = [
    row('schema', null, 3),
    row('a', 1, null),
    row('s', 2, 2),
    row('x', 8, null),
    row('y', 9, 1),
    row('z', 10, null),
    row('b', 3, null),
  ];
  expect(fileColumns(rows).map(({ name, fieldId }) => [name, fieldId])).toEqual([
    ['a', 1],
    ['s', 2],
    ['b', 3],
  ]);
});

test('ids come first, then the name mapping, then the current names', () => {
  const fields = [field(1), field(2)];
  const mapping = [{ fieldId: 1, names: ['old', 'older'] }, { names: ['n2'] }];
  expect([...placesIn([column('n2', 1), column('x')], fields, mapping)]).toEqual([[1, 0]]);
  expect([...placesIn([column('n2'), column('older')], fields, mapping)]).toEqual([[1, 1]]);
  expect([...placesIn([column('n2'), column('older')], fields, undefined)]).toEqual([[2, 0]]);
  expect(() => placesIn([column('a', 1), column('b', 1)], fields, undefined)).toThrow(/holds a column twice/);
});

test('a column that the file lacks is its partition value, its default, NULL, or an error', () => {
  const own = file({ specId: 1, partition: [5n] });
  const source = (wanted: Field, columns = [column('other', 77)]) =>
    project(own, columns, [wanted], { specs })[0]?.from;
  expect(source(field(1, { initialDefault: 9n }))).toEqual({ constant: 5n });
  expect(source(field(1), [column('x', 7), column('n1', 1)])).toEqual({ at: 1 });
  expect(source(field(3, { required: true, initialDefault: 9n }))).toEqual({ constant: 9n });
  expect(source(field(3))).toEqual({ constant: null });
  let caught: unknown;
  try {
    source(field(3, { required: true }));
  } catch (error) {
    caught = error;
  }
  expect(isFault(caught) && caught.code).toBe('columnNotFound');
});
