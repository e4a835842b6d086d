import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type AuditEntry, entryOf, isWanted, newest, type Places, type Wanted } from '../domain/audit.ts';
import { env } from './aws/env.ts';
import { table } from './aws/table.ts';
import { at, nobodysProject } from './items.ts';

type Item = Record<string, unknown>;
const pageSize = 100;
/** How many events one answer looks through at most, where few of them are wanted. */
const mostSeen = 2_000;

/**
 * The audit log of a project, newest first: the events of its sequence and those of its outbox, merged by time. What comes
 * back beside the entries is where to go on; undefined: that was all.
 */
export async function list(
  projectId: string,
  { limit, from, wanted }: { limit: number; from: Places; wanted: Wanted },
): Promise<{ entries: AuditEntry[]; next: Places | undefined }> {
  const places = { ...from };
  const lanes = {
    event: backwards(at.project(projectId).pk, 'E#', from.event),
    outbox: backwards(at.outbox(projectId, 0, '').pk, 'OUT#', laterOf(from.outbox, wanted.until)),
  };
  const heads = { event: await lanes.event.next(), outbox: await lanes.outbox.next() };
  const entries: AuditEntry[] = [];
  for (let seen = 0; seen < mostSeen && entries.length < limit; seen++) {
    const lane = later(heads.event.value, heads.outbox.value);
    const item = lane && heads[lane].value;
    if (!lane || !item || isBefore(item, wanted.since)) return { entries, next: undefined };
    places[lane] = String(item.sk);
    const entry = entryOf(item, nobodysProject);
    if (isWanted(entry, wanted)) entries.push(entry);
    heads[lane] = await lanes[lane].next();
  }
  return { entries, next: heads.event.value || heads.outbox.value ? places : undefined };
}

/** An event of the sequence has the time at which its operation began: it may be this much older than its neighbours. */
const slack = 3_600_000;
const isBefore = ({ at: time }: Item, since: number | undefined): boolean =>
  since !== undefined && Date.parse(String(time)) < since - slack;

/** In which lane the newer of two events lies; one that is empty has none. */
function later(event: Item | undefined, outbox: Item | undefined): keyof Places | undefined {
  if (!event) return outbox && 'outbox';
  if (!outbox) return 'event';
  return Date.parse(String(event.at)) >= Date.parse(String(outbox.at)) ? 'event' : 'outbox';
}

/** Of the outbox the key says the time: what is too young is not even read. */
const laterOf = (from: string, until: number | undefined): string =>
  until !== undefined && from === newest.outbox ? at.outbox('', until, '').sk : from;

async function* backwards(pk: string, begin: string, before: string): AsyncGenerator<Item, undefined> {
  let ExclusiveStartKey: Item | undefined;
  do {
    const page: { Items?: Item[]; LastEvaluatedKey?: Item } = await table.send(
      new QueryCommand({
        TableName: env('CONTROL_TABLE'),
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: pageSize,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :begin AND :before',
        ExpressionAttributeValues: { ':pk': pk, ':begin': begin, ':before': before },
        ExclusiveStartKey,
      }),
    );
    // Both ends of a range are in it, and what was listed last is not listed again.
    yield* (page.Items ?? []).filter(({ sk }) => sk !== before);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return undefined;
}
