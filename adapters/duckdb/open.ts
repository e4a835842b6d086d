import { mkdir } from 'node:fs/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { quoted } from '../../iceberg/sqlText.ts';
import { folders, type Limits } from './work.ts';

export interface Opened {
  connection: DuckDBConnection;
  close: () => void;
}

/**
 * A fresh DuckDB instance that reads and writes in one work folder only. The order is part of the lock: folders have to be
 * allowed before access is taken away, and the last statement makes all of it final.
 */
export async function openLocked(work: string, limits: Limits): Promise<Opened> {
  const place = folders(work);
  await Promise.all([place.in, place.out].map((folder) => mkdir(folder, { recursive: true })));
  const instance = await DuckDBInstance.create(':memory:', { threads: String(limits.threads) });
  try {
    const connection = await instance.connect();
    for (const setting of settings(place, limits)) await connection.run(`SET ${setting}`);
    return {
      connection,
      close() {
        connection.closeSync();
        instance.closeSync();
      },
    };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

const settings = (place: ReturnType<typeof folders>, { memoryBytes, spillBytes }: Limits) => [
  `memory_limit='${Math.floor(memoryBytes / 1024)}KiB'`,
  `temp_directory=${quoted(place.spill)}`,
  `max_temp_directory_size='${Math.floor(spillBytes / 1024)}KiB'`,
  `allowed_directories=[${quoted(place.in)}, ${quoted(place.out)}]`,
  'enable_external_access=false',
  'autoinstall_known_extensions=false',
  'autoload_known_extensions=false',
  'allow_community_extensions=false',
  'allow_persistent_secrets=false',
  "TimeZone='UTC'",
  'preserve_insertion_order=false',
  'errors_as_json=true',
  'lock_configuration=true',
];
