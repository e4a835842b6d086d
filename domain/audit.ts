import * as z from 'zod';
import { Problem } from './problem.ts';

/** How far a list of the audit log got in each of the two places where events lie: sort keys, older ones follow. */
export const Places = z.object({ event: z.string().max(1024), outbox: z.string().max(1024) });
export type Places = z.infer<typeof Places>;

/** Before anything was listed: behind every key of either place. */
export const newest: Places = { event: 'E#~', outbox: 'OUT#~' };

/** One change: who did what to which object, and when; `details` holds ids, numbers and states, never data. */
export const AuditEntry = z.object({
  id: z.string(),
  type: z.string(),
  actor: z.string(),
  at: z.string(),
  project_id: z.string().nullable(),
  subject: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** Which entries are wanted; what is absent asks for all. Times are epoch milliseconds, `until` exclusive. */
export interface Wanted {
  since?: number;
  until?: number;
  actor?: string;
  type?: string;
  subject?: string;
}

type Item = Record<string, unknown>;
const own = ['pk', 'sk', 'v', 'id', 'type', 'actor', 'at', 'project_id', 'subject', 'dep', 'exp'];

/** An event as it is kept, as an entry. Those of the sequence of a project name a deployment, the others a subject. */
export function entryOf(item: Item, nobodysProject: string): AuditEntry {
  const project = String(item.project_id);
  const plain = Object.entries(item).filter(
    ([name, value]) => !own.includes(name) && (value === null || typeof value !== 'object'),
  );
  const subject = String(item.subject ?? item.dep);
  return AuditEntry.parse({
    id: item.id ?? `${project}#${item.seq}`,
    ...{ type: item.type, actor: item.actor, at: item.at, subject },
    project_id: project === nobodysProject ? null : project,
    details: {
      ...Object.fromEntries(plain),
      ...(item.dep !== undefined && subject !== item.dep && { deployment_id: item.dep }),
    },
  });
}

export const isWanted = (entry: AuditEntry, { since = 0, until = Infinity, ...asked }: Wanted): boolean => {
  const time = Date.parse(entry.at);
  const same = (name: 'actor' | 'type' | 'subject') =>
    asked[name] === undefined || asked[name] === entry[name];
  return time >= since && time < until && same('actor') && same('type') && same('subject');
};

/** A cursor says keys of one partition only, so whoever makes one up sees no more than he may anyway. */
export const spellPlaces = (places: Places): string =>
  Buffer.from(JSON.stringify(places)).toString('base64url');

export function readPlaces(cursor: string | undefined): Places {
  if (cursor === undefined) return newest;
  try {
    const places = Places.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    if (places.event.startsWith('E#') && places.outbox.startsWith('OUT#')) return places;
  } catch {
    // What is no cursor of ours is told apart from nothing.
  }
  throw new Problem('badRequest', 'Bad cursor');
}
