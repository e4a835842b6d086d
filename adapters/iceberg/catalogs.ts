import * as z from 'zod';
import type { Around } from '../../iceberg/commitLoop.ts';
import { fault } from '../../iceberg/fault.ts';
import { env } from '../aws/env.ts';
import * as secrets from '../aws/secrets.ts';
import { tokensOf } from './restToken.ts';
import { type CatalogEntry, icebergWorld } from './world.ts';

/** What infrastructure says of a catalog: one of files below a prefix, or a server that speaks the protocol. */
const Entry = z.discriminatedUnion('type', [
  z.object({ type: z.literal('file'), warehouse: z.string() }),
  z.object({
    type: z.literal('rest'),
    uri: z.url().optional(),
    warehouse: z.string().optional(),
    signing: z.enum(['glue', 's3tables']).optional(),
    location: z.string().optional(),
    secret: z.string().optional(),
  }),
]);
const Catalogs = z.record(z.string(), Entry);

const worlds = new Map<string, Around>();
let configured: z.infer<typeof Catalogs> | undefined;

/** What is configured of a catalog, by its name; a fault `refused` for another. */
export function entryOf(name: string): z.infer<typeof Entry> {
  configured ??= Catalogs.parse(JSON.parse(env('CATALOGS')));
  const entry = Object.hasOwn(configured, name) ? configured[name] : undefined;
  if (!entry) throw fault('refused', 'no catalog of this name is configured');
  return entry;
}

/** All that is needed to read and commit in a catalog, by its name in the configuration; a fault `refused` for another. */
export function catalogWorld(name: string): Around {
  const known = worlds.get(name);
  if (known) return known;
  const world = icebergWorld(withToken(entryOf(name)));
  worlds.set(name, world);
  return world;
}

/** Whether a catalog takes away itself what no table refers to, and lets nobody else do so. */
export function keepsItsFiles(name: string): boolean {
  const entry = entryOf(name);
  return entry.type === 'rest' && entry.signing === 's3tables';
}

function withToken(entry: z.infer<typeof Entry>): CatalogEntry {
  if (entry.type === 'file' || entry.secret === undefined) return entry;
  const { secret, uri = '', ...rest } = entry;
  const read = () => secrets.read(`catalogs/${secret}`);
  return { ...rest, uri, tokens: tokensOf({ read, uri, now: Date.now }) };
}
