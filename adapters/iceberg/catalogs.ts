import * as z from 'zod';
import type { Around } from '../../iceberg/commitLoop.ts';
import { fault } from '../../iceberg/fault.ts';
import { env } from '../aws/env.ts';
import { icebergWorld } from './world.ts';

/** What infrastructure says of a catalog: one of files below a prefix, or a server that speaks the protocol. */
const Entry = z.discriminatedUnion('type', [
  z.object({ type: z.literal('file'), warehouse: z.string() }),
  z.object({
    type: z.literal('rest'),
    uri: z.url().optional(),
    warehouse: z.string().optional(),
    signing: z.enum(['glue', 's3tables']).optional(),
  }),
]);
const Catalogs = z.record(z.string(), Entry);

const worlds = new Map<string, Around>();
let configured: z.infer<typeof Catalogs> | undefined;

/** All that is needed to read and commit in a catalog, by its name in the configuration; a fault `refused` for another. */
export function catalogWorld(name: string): Around {
  const known = worlds.get(name);
  if (known) return known;
  configured ??= Catalogs.parse(JSON.parse(env('CATALOGS')));
  const entry = Object.hasOwn(configured, name) ? configured[name] : undefined;
  if (!entry) throw fault('refused', 'no catalog of this name is configured');
  const world = icebergWorld(entry);
  worlds.set(name, world);
  return world;
}
