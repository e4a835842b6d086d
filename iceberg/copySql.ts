import { identifier, quoted } from './sqlText.ts';

/** How COPY writes Parquet: what every file of ours has in common. */
export interface CopyOptions {
  /** The file in the work folder, or a folder where several files may come about. */
  to: string;
  /** Field ids by column name, as the rows have them. */
  fieldIds: ReadonlyMap<string, number>;
  /** Into a folder: columns that are left out of the file, each combination of their values a file of its own. */
  partitionBy?: readonly string[];
  /** Into a folder: bytes after which the next file begins. */
  fileSizeBytes?: number;
}

/** The text of a COPY that tells what it wrote (`writtenFiles`); without rows it writes no file. */
export function copySql(
  select: string,
  { to, fieldIds, partitionBy = [], fileSizeBytes }: CopyOptions,
): string {
  const ids = [...fieldIds].map(([name, id]) => `${identifier(name)}: ${id}`).join(', ');
  const options = [
    ...['FORMAT parquet', 'COMPRESSION zstd', 'COMPRESSION_LEVEL 1', 'RETURN_STATS'],
    // The engine refuses to be told so of partitions, and writes none that are empty.
    ...(partitionBy.length > 0 ? [] : ['WRITE_EMPTY_FILE false']),
    ...(ids ? [`FIELD_IDS {${ids}}`] : []),
    ...(partitionBy.length > 0 ? [`PARTITION_BY (${partitionBy.map(identifier).join(', ')})`] : []),
    ...(fileSizeBytes ? [`FILE_SIZE_BYTES ${fileSizeBytes}`] : []),
  ];
  return `COPY (${select}) TO ${quoted(to)} (${options.join(', ')})`;
}
