import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';

const wait = { timeout: 5000 };

/**
 * Without this index the database looks through every stream record it holds at every write.
 * Called again after tables are made; an empty file name is a database that is not ours.
 */
export function indexStreams(file: string): void {
  if (file === '') return;
  const database = new DatabaseSync(file, wait);
  try {
    const made = database
      .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_stream_records'")
      .get();
    if (!made) return;
    database.exec(
      'CREATE INDEX IF NOT EXISTS slipway_stream ON _stream_records(table_name, CAST(sequence_number AS INTEGER))',
    );
  } finally {
    database.close();
  }
}

/**
 * Forget the records of a table up to a sequence number, in small steps so that writers are not held up.
 * The newest record stays: an emptied table would number from 1 again, and a saved checkpoint would see nothing.
 * Returns how many went.
 */
export async function pruneStreams(file: string, table: string, upTo: bigint): Promise<number> {
  if (file === '') return 0;
  const database = new DatabaseSync(file, wait);
  try {
    const step = database.prepare(
      `DELETE FROM _stream_records WHERE id IN (
         SELECT id FROM _stream_records
         WHERE table_name = :table AND CAST(sequence_number AS INTEGER) <= :upTo
           AND CAST(sequence_number AS INTEGER) <
             (SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = :table)
         ORDER BY CAST(sequence_number AS INTEGER) LIMIT 500)`,
    );
    let gone = 0;
    for (;;) {
      const changes = Number(step.run({ table, upTo }).changes);
      gone += changes;
      if (changes < 500) return gone;
      await setImmediate();
    }
  } finally {
    database.close();
  }
}
