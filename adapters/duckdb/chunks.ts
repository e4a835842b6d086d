import { malformed } from '../../iceberg/fault.ts';
import { rowsOfGroups } from '../../iceberg/parts.ts';
import type { ByteRange, Engine, SqlValue } from '../../iceberg/ports.ts';
import { type FileColumn, fileColumns, fileColumnsSql } from '../../iceberg/project.ts';
import { quoted } from '../../iceberg/sqlText.ts';

/** Rows of a file by their place, the end not included. */
export interface Rows {
  from: number;
  to: number;
}

/** What is wanted of a Parquet file whose footer lies in the work folder. */
interface Asked {
  to: string;
  columns?: (columns: readonly FileColumn[]) => Iterable<number>;
  rows?: Rows;
}

/** The bytes that some columns and rows of a file lie in, and which rows those really are. */
export async function needed(
  engine: Engine,
  { to, columns, rows }: Asked,
  size: number,
): Promise<{ ranges: ByteRange[]; rows?: Rows }> {
  const schema = await engine.query(fileColumnsSql(to));
  const chunks = (await engine.query(chunksSql(to))).map((row) => chunkOf(row, size));
  const groups = rows && groupsWithin(chunks, rows);
  const leaves = columns && leavesOf(schema, columns(fileColumns(schema)));
  const chosen = chunks.filter(
    ({ group, column }) => (groups?.chosen.has(group) ?? true) && (leaves?.has(column) ?? true),
  );
  return { ranges: chosen.flatMap(({ ranges }) => ranges), rows: groups?.rows };
}

/** Bloom filters are read as well where there are any: in a hole they would say that no row matches. */
const chunksSql = (path: string) =>
  `SELECT row_group_id, row_group_num_rows, column_id, total_compressed_size,
    least(coalesce(dictionary_page_offset, data_page_offset), data_page_offset) AS start,
    bloom_filter_offset, coalesce(bloom_filter_length, ${bloomGuess}) AS bloom_length
  FROM parquet_metadata(${quoted(path)}) ORDER BY row_group_id, column_id`;

/** Older writers do not tell the length; more than this of it the engine has no use for. */
const bloomGuess = 1024 * 1024;

interface Chunk {
  group: number;
  groupRows: number;
  column: number;
  ranges: ByteRange[];
}

function chunkOf(row: Record<string, SqlValue>, size: number): Chunk {
  const range = (at: SqlValue | undefined, length: SqlValue | undefined): ByteRange => {
    const start = Number(at);
    const end = Math.min(start + Number(length), size);
    if (!(start >= 0 && end >= start)) throw malformed('the footer of a data file contradicts itself');
    return { start, end };
  };
  const { bloom_filter_offset: bloom } = row;
  return {
    group: Number(row.row_group_id),
    groupRows: Number(row.row_group_num_rows),
    column: Number(row.column_id),
    ranges: [
      range(row.start, row.total_compressed_size),
      ...(bloom === null ? [] : [range(bloom, row.bloom_length)]),
    ],
  };
}

function groupsWithin(chunks: readonly Chunk[], range: Rows): { chosen: Set<number>; rows: Rows } {
  const counts = new Map(chunks.map(({ group, groupRows }) => [group, groupRows]));
  const rows = rowsOfGroups([...counts.values()], range) ?? { from: 0, to: 0 };
  const chosen = new Set<number>();
  let first = 0;
  for (const [group, count] of counts) {
    if (first >= rows.from && first < rows.to) chosen.add(group);
    first += count;
  }
  return { chosen, rows };
}

/** The numbers that the chunks of some top-level columns go by: those of the leaves below each, in the order of the file. */
function leavesOf(schema: readonly Record<string, SqlValue>[], places: Iterable<number>): Set<number> {
  const wanted = new Set(places);
  const leaves = new Set<number>();
  let [place, under, leaf] = [-1, 0, 0];
  for (const { num_children } of schema.slice(1)) {
    const children = Number(num_children ?? 0);
    if (under === 0) place++;
    under = Math.max(0, under - 1) + children;
    if (children === 0 && wanted.has(place)) leaves.add(leaf);
    if (children === 0) leaf++;
  }
  return leaves;
}
