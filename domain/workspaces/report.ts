import type { Event } from '../change.ts';
import type { HistoryEntry } from '../deployment.ts';
import { type By, type External, type Held, historyOf, isExternal, lived, statusOf } from './external.ts';
import { type Status, words } from './words.ts';

/** What a controller says of a deployment. */
export interface Told {
  status: Status;
  status_message: string;
  /** Null or absent: the one that it has. */
  model_provider_id?: string | null | undefined;
}

/** One change of one deployment's status: its next state, its history and its event belong into one transaction. */
export interface Reported {
  before: Held;
  after: Held;
  entry: HistoryEntry;
  event: Event['type'];
}
export type Verdict = { do: 'nothing' } | { do: 'refuse'; why: string } | { do: 'write'; reported: Reported };

const marked = 'Deployment is marked for deletion (DELETING). Only transition to DELETED is allowed.';

/** What becomes of a report: a deployment under deletion takes one word only, and what is known already changes nothing. */
export function report(before: Held, told: Told, by: By): Verdict {
  const now = statusOf(before);
  if (now === 'DELETING' && told.status !== 'DELETED') return { do: 'refuse', why: marked };
  if (!isExternal(before) && words[told.status].externalOnly)
    return { do: 'refuse', why: `Only external deployments can be ${told.status}` };
  if (now === told.status && before.status_message === told.status_message) return { do: 'nothing' };
  const provider = told.model_provider_id ?? before.model_provider_id;
  const after = reportedOf(before, { ...told, model_provider_id: provider }, by.at);
  const event = isExternal(before) ? words[told.status].event : 'deployment.reported';
  return { do: 'write', reported: { before, after, entry: historyOf(after, by), event } };
}

/** Mark for deletion; the dialect does not show that step by itself. Null: it is marked, or gone already. */
export function markDeleting(before: External, by: By): Reported | null {
  if (before.status === 'DELETING' || before.status === 'DELETED') return null;
  const told = { status: 'DELETING', status_message: 'Deployment deletion requested' } as const;
  const after = reportedOf(before, told, by.at);
  return {
    before,
    after,
    entry: { ...historyOf(after, by), quiet: true },
    event: words.DELETING.event,
  };
}

/** The status never moves the life of a deployment that is ours: the machines do. */
function reportedOf(before: Held, { status, status_message, model_provider_id }: Told, at: string): Held {
  const next = { status_message, updated_at: at, h: before.h + 1, rev: before.rev + 1 };
  const provider = model_provider_id === undefined ? {} : { model_provider_id };
  if (isExternal(before))
    return { ...before, ...next, ...lived(before, status, at), ...(provider as Partial<External>) };
  return {
    ...before,
    ...next,
    reported: status,
    ...(model_provider_id != null && { model_provider_id }),
  };
}
