import type { Replaced } from './commitValues.ts';
import type { DataFile } from './model.ts';
import { columnName, literal, quoted } from './sqlText.ts';

/** The reserved field ids of a file of position deletes (Iceberg specification, "Reserved Field IDs"). */
const pathField = 2147483546;
const positionField = 2147483545;

/** What `COPY` is told of the columns. */
export const positionFieldIds = `{file_path: ${pathField}, pos: ${positionField}}`;

/**
 * The rows of one data file that hold one of the values, as rows of a file of position deletes in their order. `scan` is
 * the text of the SELECT that reads the data file: the column by its field id, and `rn`.
 */
export function positionsSql(dataPath: string, scan: string, { field, values }: Replaced): string {
  const column = columnName(field.id);
  const matches = values.map((value) => `${column} IS NOT DISTINCT FROM ${literal(field.type, value)}`);
  const where = matches.length > 0 ? matches.join(' OR ') : 'false';
  return `SELECT ${quoted(dataPath)} AS file_path, rn AS pos FROM (${scan}) WHERE ${where} ORDER BY pos`;
}

/** The entry of a file of position deletes that is about one data file; it is of that file's spec and partition. */
export function positionDeleteFile(
  about: DataFile,
  written: { path: string; rows: number; sizeBytes: number },
): DataFile {
  const path = new Map([[pathField, Buffer.from(about.path)]]);
  return {
    content: 'positionDeletes',
    path: written.path,
    format: 'parquet',
    specId: about.specId,
    partition: about.partition,
    recordCount: written.rows,
    sizeBytes: written.sizeBytes,
    lowerBounds: path,
    upperBounds: path,
    referencedDataFile: about.path,
  };
}
