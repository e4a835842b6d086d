import { randomUUID } from 'node:crypto';
import { awsProblem, type Fields, optionalText, parseJson } from './awsHttp.ts';

/** An entry of PutEvents that is in order, with the id it was given. */
export interface PublishedEntry {
  EventId: string;
  Source: string;
  DetailType: string;
  /** JSON, as it was sent. */
  Detail: string;
  EventBusName: string;
  Resources: string[];
  /** ISO 8601. */
  Time: string;
}

const mostBytes = 262_144;

/** PutEvents: what is in order is published together, the rest is answered entry by entry. */
export async function putEvents(
  fields: Fields,
  publish: (entries: PublishedEntry[]) => unknown,
  now: () => number,
): Promise<object> {
  const asked = fields.Entries;
  if (!Array.isArray(asked) || asked.length < 1 || asked.length > 10)
    throw awsProblem('ValidationException', 'Entries has at least one and at most ten members');
  if (Buffer.byteLength(JSON.stringify(asked)) > mostBytes)
    throw awsProblem('ValidationException', 'Total size of the entries in the request is over the limit.');
  const entries = asked.map((entry) => read(entry as Fields, now()));
  const good = entries.filter((entry) => 'EventId' in entry);
  if (good.length > 0) await publish(good);
  const Entries = entries.map((entry) => ('EventId' in entry ? { EventId: entry.EventId } : entry));
  return { FailedEntryCount: entries.length - good.length, Entries };
}

interface Refused {
  ErrorCode: string;
  ErrorMessage: string;
}

function read(entry: Fields, now: number): PublishedEntry | Refused {
  const refused = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
  const Source = optionalText(entry, 'Source');
  const DetailType = optionalText(entry, 'DetailType');
  const Detail = optionalText(entry, 'Detail');
  if (!Source)
    return refused(
      'InvalidArgument',
      'Parameter Source is not valid. Reason: Source is a required argument.',
    );
  if (!DetailType)
    return refused(
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    );
  if (!Detail)
    return refused(
      'InvalidArgument',
      'Parameter Detail is not valid. Reason: Detail is a required argument.',
    );
  const detail = parseJson(Detail);
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail))
    return refused('MalformedDetail', 'Detail is malformed.');
  const time = entry.Time === undefined ? now : Number(entry.Time) * 1000;
  if (!Number.isFinite(time)) return refused('InvalidArgument', 'Parameter Time is not valid.');
  const Resources = Array.isArray(entry.Resources) ? entry.Resources.map(String) : [];
  const EventBusName = optionalText(entry, 'EventBusName') ?? 'default';
  return {
    EventId: randomUUID(),
    Source,
    DetailType,
    Detail,
    EventBusName,
    Resources,
    Time: new Date(time).toISOString(),
  };
}
