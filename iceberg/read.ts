import type { ScanFile } from './deletes.ts';
import { malformed } from './fault.ts';
import type { DataFile, Field, TableMetadata } from './model.ts';
import type { Engine } from './ports.ts';
import { type FileColumn, fileColumns, fileColumnsSql, placesIn, project } from './project.ts';
import type { FileScan, LocalEqualityDeletes } from './sql.ts';

/** Files that were brought into the work folder. */
export interface LocalFiles {
  engine: Engine;
  /** Where a file of the table lies in the work folder. */
  local: (path: string) => string;
}

type Table = Pick<TableMetadata, 'schemas' | 'specs' | 'nameMapping'>;

/** The columns that one scan needs: those wanted, and those by which its equality deletes find rows. */
export function neededFields(scan: ScanFile, wanted: readonly Field[], table: Table): Field[] {
  const ids = new Set(wanted.map(({ id }) => id));
  const keys = scan.equalityDeletes.flatMap(({ equalityIds }) => equalityIds ?? []);
  const others = [...new Set(keys)].filter((id) => !ids.has(id));
  return [...wanted, ...others.map((id) => fieldOf(id, table))];
}

/** A column by its id, even one that is gone from the current schema: in its latest form. */
function fieldOf(id: number, { schemas }: Table): Field {
  const field = schemas.flatMap(({ fields }) => fields.filter((one) => one.id === id)).at(-1);
  if (!field) throw malformed('a file of equality deletes is about a column that the table never had');
  return field;
}

/** The columns of a file in the work folder, by its footer. */
async function columnsOf({ engine, local }: LocalFiles, path: string): Promise<FileColumn[]> {
  return fileColumns(await engine.query(fileColumnsSql(local(path))));
}

/** What `fileScanSql` needs to know to read one data file; asks the engine for the columns of the files. */
export async function fileScan(
  files: LocalFiles,
  table: Table,
  scan: ScanFile,
  wanted: readonly Field[],
  rows?: { from: number; to: number },
): Promise<FileScan> {
  const columns = await columnsOf(files, scan.file.path);
  const equalityDeletes: LocalEqualityDeletes[] = [];
  for (const file of scan.equalityDeletes) equalityDeletes.push(await equalityScan(files, table, file));
  return {
    path: files.local(scan.file.path),
    columns,
    projected: project(scan.file, columns, neededFields(scan, wanted, table), table),
    rows,
    manifestPath: scan.file.path,
    positionDeletes: scan.positionDeletes.map(({ path }) => files.local(path)),
    equalityDeletes,
  };
}

async function equalityScan(files: LocalFiles, table: Table, file: DataFile): Promise<LocalEqualityDeletes> {
  const columns = await columnsOf(files, file.path);
  const fields = (file.equalityIds ?? []).map((id) => fieldOf(id, table));
  const places = placesIn(columns, fields, table.nameMapping);
  const keys = fields.map((field) => {
    const at = places.get(field.id);
    if (at === undefined) throw malformed('a file of equality deletes lacks a column that it is about');
    return { field, at };
  });
  return { path: files.local(file.path), columns, keys };
}
