import { Id } from '../fields.ts';

/** The published grammar of resource identifiers, matched whole. */
export const ridForm = /^ri\.[a-z][a-z0-9-]*\.(?:[a-z0-9][a-z0-9-]*)?\.[a-z][a-z0-9-]*\.[a-zA-Z0-9_\-.]+$/;

const prefixes = {
  deployment: 'ri.foundry-ml-live.main.live-deployment.',
  model: 'ri.models.main.model.',
  version: 'ri.models.main.model-version.',
} as const;
type Named = keyof typeof prefixes;

export const ridOf = (what: Named, id: string): string => `${prefixes[what]}${id}`;

/** A name as the end of a resource identifier, which takes fewer characters than names have. */
export const locator = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_\-.]/gu, '_');

/** The id in a resource identifier, lower case; undefined where it names nothing that could be ours. */
export function idIn(what: Named, rid: string): string | undefined {
  if (!rid.startsWith(prefixes[what])) return undefined;
  const read = Id.safeParse(rid.slice(prefixes[what].length));
  return read.success ? read.data : undefined;
}
