import { type Fresh, type Merged, merged, type WantedChannel, type Wrong } from './channels.ts';
import type { Rule } from './rule.ts';
import { changed, completed, contradictions, isRedefined, type Settings } from './settings.ts';

/** Who writes a rule, and when, in the wire's spelling. */
interface By {
  id: string;
  project_id: string;
  actor: string;
  at: string;
}

/** A rule as it is to be kept, and what becomes of the secrets of its webhooks. */
export type Written = { rule: Rule } & Omit<Merged, 'channels'>;

export function newRule(
  wanted: Settings & { channels: readonly WantedChannel[] },
  fresh: Fresh,
  { id, project_id, actor, at }: By,
): Written | { wrong: Wrong[] } {
  const found = merged([], wanted.channels, fresh);
  if ('wrong' in found) return found;
  const { channels, ...secrets } = found;
  const by = { created_by: actor, created_at: at, updated_at: at };
  return {
    rule: { ...wanted, id, project_id, channels, rev: 1, edition: 1, opened: 0, ...by },
    ...secrets,
  };
}

/** A rule with what a caller changes of it; the very same rule where that is nothing. */
export function changedRule(
  before: Rule,
  { channels: wanted, ...patch }: Partial<Settings> & { channels?: readonly WantedChannel[] },
  fresh: Fresh,
  at: string,
): Written | { wrong: Wrong[] } {
  const asked = changed(before, patch);
  const found = wanted ? merged(before.channels, wanted, fresh) : { ...none, channels: before.channels };
  const wrong = [...contradictions(asked), ...('wrong' in found ? found.wrong : [])];
  if (wrong.length > 0 || 'wrong' in found) return { wrong };
  const { channels, ...secrets } = found;
  const after = completed({ ...asked, channels });
  if (JSON.stringify(after) === JSON.stringify(before)) return { rule: before, ...secrets };
  const edition = before.edition + (isRedefined(before, after) ? 1 : 0);
  return { rule: { ...after, edition, rev: before.rev + 1, updated_at: at }, ...secrets };
}

const none: Omit<Merged, 'channels'> = { secrets: [], gone: [] };
