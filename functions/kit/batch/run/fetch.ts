import { join } from 'node:path';
import { type Begun, beginParquet, fetchParquet } from '../../../../adapters/duckdb/sparse.ts';
import type { DataFile, Field, TableMetadata } from '../../../../iceberg/model.ts';
import type { Engine, Storage } from '../../../../iceberg/ports.ts';
import { placesIn } from '../../../../iceberg/project.ts';

type Named = Pick<DataFile, 'path' | 'sizeBytes'>;
interface Rows {
  from: number;
  to: number;
}

/** Files of tables in a work folder, each brought once. */
export interface Brought {
  local: (path: string) => string;
  /** All of a file. */
  whole: (file: Named) => Promise<void>;
  /** What some columns need of a data file, its footer first; of a range of rows, which rows really are there. */
  columns: (
    file: Named,
    fields: readonly Field[],
    table: TableMetadata,
    rows?: Rows,
  ) => Promise<Pick<Begun, 'rows' | 'left' | 'rest'>>;
}

/** Files of one table in a folder that the engine reads: its mark and a number are their names, which nobody chose. */
export function broughtTo(folder: string, mark: string, storage: Storage, engine: Engine): Brought {
  const names = new Map<string, string>();
  const there = new Map<string, Promise<unknown>>();
  const asks = oneByOne(engine);
  const local = (path: string): string => {
    const name = names.get(path) ?? join(folder, `${mark}${names.size}.parquet`);
    names.set(path, name);
    return name;
  };
  return {
    local,
    async whole({ path, sizeBytes }) {
      const brought = there.get(path) ?? fetchParquet(storage, asks, { path, sizeBytes, to: local(path) });
      there.set(path, brought);
      await brought;
    },
    columns({ path, sizeBytes }, fields, { nameMapping }, rows) {
      const ids = new Set(fields.map(({ id }) => id));
      return beginParquet(storage, asks, {
        ...{ path, sizeBytes, to: local(path), rows },
        columns: (columns) =>
          [...placesIn(columns, fields, nameMapping)].filter(([id]) => ids.has(id)).map(([, at]) => at),
      });
    },
  };
}

/** An engine takes one statement at a time, whoever asks at once. */
function oneByOne(engine: Engine): Engine {
  let last: Promise<unknown> = Promise.resolve();
  return {
    query: (sql, parameters) => {
      const answer = last.then(() => engine.query(sql, parameters));
      last = answer.catch(() => {});
      return answer;
    },
  };
}
