import fc from 'fast-check';
import type { DataFile, Field, PartitionSpec, PrimitiveType, Value } from '../../../iceberg/model.ts';
import { compareValues } from '../../../iceberg/order.ts';
import { literal } from '../../../iceberg/sqlText.ts';
import { transformed } from '../../../iceberg/transform.ts';
import { valueToBytes } from '../../../iceberg/values.ts';

export const day = 86_400_000_000n;
/** Few values each, so that files overlap and bounds are met exactly. */
export const columns: [PrimitiveType, Value[]][] = [
  [{ type: 'int' }, [-5, -1, 0, 1, 7, 2_147_483_647]],
  [{ type: 'double' }, [-1.5, -0, 0, 2.5, Number.POSITIVE_INFINITY, Number.NaN]],
  [{ type: 'string' }, ['', 'a', 'ab', 'b', 'é', '\u{1f600}']],
  [{ type: 'timestamptz' }, [0n, day - 1n, day, 400n * day, 9_000n * day + 5n]],
  [{ type: 'decimal', precision: 6, scale: 2 }, [-1250n, -1n, 0n, 99n, 999_999n]],
];
export const fields: Field[] = columns.map(([type], i) => ({
  id: i + 1,
  name: `n${i}`,
  required: false,
  type,
}));
const transforms: [number, string][] = [
  [1, 'identity'],
  [1, 'truncate[10]'],
  [2, 'identity'],
  [3, 'truncate[1]'],
  [4, 'day'],
  [4, 'month'],
  [5, 'truncate[100]'],
];
export const specs: PartitionSpec[] = [
  { id: 0, fields: [] },
  ...transforms.map(([sourceId, transform], i) => ({
    id: i + 1,
    fields: [{ id: 1000 + i, sourceId, name: `p${i}`, transform }],
  })),
];
export const table = { schemas: [{ id: 0, fields, identifierFieldIds: [] }], specs };

export type Row = (Value | null)[];
const row: fc.Arbitrary<Row> = fc.tuple(
  ...columns.map(([, values]) => fc.option(fc.constantFrom(...values), { freq: 4 })),
);

export function fileOf(rows: Row[], spec: PartitionSpec, withStatistics: boolean): DataFile {
  const partition = spec.fields.map(({ sourceId, transform }) => {
    const type = columns[sourceId - 1]?.[0] ?? { type: 'int' };
    return transformed(transform, type, rows[0]?.[sourceId - 1] ?? null) ?? null;
  });
  const file: DataFile = {
    content: 'data',
    path: 'x',
    format: 'parquet',
    specId: spec.id,
    partition,
    recordCount: rows.length,
    sizeBytes: 1,
  };
  return withStatistics ? { ...file, ...statistics(rows) } : file;
}

function statistics(rows: Row[]): Partial<DataFile> {
  const per = <T>(of: (values: Row, type: PrimitiveType) => T | undefined) =>
    new Map(
      columns.flatMap(([type], i): [number, T][] => {
        const result = of(
          rows.map((one) => one[i] ?? null),
          type,
        );
        return result === undefined ? [] : [[i + 1, result]];
      }),
    );
  const sortedOf = (values: Row) =>
    values.filter((one): one is Value => one !== null && !Number.isNaN(one)).sort(compareValues);
  const bytes = (type: PrimitiveType, value: Value | undefined) =>
    value === undefined ? undefined : valueToBytes(type, value);
  return {
    nullValueCounts: per((values) => values.filter((one) => one === null).length),
    nanValueCounts: per((values) => values.filter(Number.isNaN).length),
    lowerBounds: per((values, type) => bytes(type, sortedOf(values)[0])),
    upperBounds: per((values, type) => bytes(type, sortedOf(values).at(-1))),
  };
}

/** A file holds the rows of one partition value. */
export const fileRows = fc
  .record({
    rows: fc.array(row, { minLength: 1, maxLength: 4 }),
    spec: fc.constantFrom(...specs),
    withStatistics: fc.boolean(),
  })
  .map(({ rows, spec, withStatistics }) => {
    const [partition] = spec.fields;
    const same = partition
      ? rows.map((one) => one.with(partition.sourceId - 1, rows[0]?.[partition.sourceId - 1] ?? null))
      : rows;
    return { rows: same, file: fileOf(same, spec, withStatistics) };
  });

interface Predicate {
  rows: string;
  bounds: string;
}
const comparison: fc.Arbitrary<Predicate> = fc
  .nat(columns.length - 1)
  .chain((at) => fc.tuple(fc.constant(at), fc.constantFrom(...(columns[at]?.[1] ?? [])), fc.nat(6)))
  .map(([at, value, kind]) => {
    const column = `c${at + 1}`;
    const constant = literal(columns[at]?.[0] ?? { type: 'int' }, value);
    const above = (sign: string) => `coalesce(hi_${column} ${sign} ${constant}, true)`;
    const below = (sign: string) => `coalesce(lo_${column} ${sign} ${constant}, true)`;
    const forms: Predicate[] = [
      { rows: `${column} > ${constant}`, bounds: above('>') },
      { rows: `${column} >= ${constant}`, bounds: above('>=') },
      { rows: `${column} < ${constant}`, bounds: below('<') },
      { rows: `${column} <= ${constant}`, bounds: below('<=') },
      { rows: `${column} = ${constant}`, bounds: `${above('>=')} AND ${below('<=')}` },
      { rows: `${column} IS NULL`, bounds: `coalesce(nulls_${column} > 0, true)` },
      { rows: `${column} IS NOT NULL`, bounds: `coalesce(nulls_${column} < n, true)` },
    ];
    return forms[kind] ?? { rows: 'true', bounds: 'true' };
  });
export const predicate = fc.letrec<{ any: Predicate }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    { weight: 5, arbitrary: comparison },
    {
      weight: 1,
      arbitrary: fc.tuple(tie('any'), fc.constantFrom('AND', 'OR'), tie('any')).map(([a, word, b]) => ({
        rows: `(${a.rows}) ${word} (${b.rows})`,
        bounds: `(${a.bounds}) ${word} (${b.bounds})`,
      })),
    },
    { weight: 1, arbitrary: tie('any').map(({ rows }) => ({ rows: `NOT (${rows})`, bounds: 'true' })) },
  ),
})).any;
