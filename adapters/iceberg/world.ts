import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Around } from '../../iceberg/commitLoop.ts';
import { icebergFileCatalog } from './fileCatalog.ts';
import { icebergRest, type RestCatalog } from './rest.ts';
import { icebergStorage } from './storage.ts';

/** An entry of the configuration: a server's catalog, or one of files below its warehouse. */
export type CatalogEntry = ({ type: 'rest' } & RestCatalog) | { type: 'file'; warehouse: string };

/** All that reads and commits need of the world, for one catalog. */
export function icebergWorld(entry: CatalogEntry): Around {
  const now = Date.now;
  const newId = randomUUID;
  const local = entry.type === 'file' && !entry.warehouse.startsWith('s3://') ? entry.warehouse : undefined;
  const storage = icebergStorage(local?.replace(/^file:\/\//, ''));
  const catalog =
    entry.type === 'file'
      ? icebergFileCatalog({ storage, root: entry.warehouse, now, newId })
      : icebergRest(entry);
  return {
    catalog,
    storage,
    now,
    newId,
    random64: () => randomBytes(8).readBigUInt64BE(),
    pause: (most) => sleep(Math.random() * most),
  };
}
