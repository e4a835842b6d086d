import { millisecondsOf, rowId } from '../id.ts';
import { type Held, heldHours } from './heldHours.ts';
import { type Listing, spanOf } from './hourView.ts';
import { type Row, unfolded } from './pages.ts';
import { type Answers, ask, type Desk, type Place, type Request } from './requests.ts';
import { hour, startOf } from './time.ts';
import { within } from './window.ts';

/** Where a list goes on. It is signed when it is handed out: all of it is believed when it comes back. */
export interface Cursor {
  deployment_id: string;
  /** The id of the last row shown; older ones follow. */
  after: string;
  /** The window of the first page, both ends exclusive, and how many rows it held. */
  since: number;
  until: number;
  total: number;
  /** Rows shown so far. */
  offset: number;
  /** Epoch milliseconds. */
  expires: number;
}

const validFor = hour;
const hoursAtOnce = 64;

/** The cursor behind a page, or null where nothing follows. */
export function cursorAfter(
  page: { deployment_id: string; since: number; until: number; offset: number; now: number },
  { total, rows }: { total: number; rows: readonly Row<Place>[] },
): Cursor | null {
  const { deployment_id, since, until, now } = page;
  const offset = page.offset + rows.length;
  const last = rows.at(-1);
  if (!last || offset >= total) return null;
  const after = rowId(last.item.id, last.row);
  return { deployment_id, after, since, until, total, offset, expires: now + validFor };
}

export const isValid = (cursor: Cursor, of: { deployment_id: string; now: number }): boolean =>
  cursor.deployment_id === of.deployment_id && of.now < cursor.expires;

export type Continued = Listing & { after: string; limit: number };

/** As `plan` of a page. One round where the hour of the cursor holds the page: nothing is counted, the total is known. */
export function planAfter<T extends Place>(page: Continued, answers: Answers<T>): Request[] {
  const desk = { answers, missing: [] };
  rowsAfter(desk, page);
  return desk.missing;
}

export function cutAfter<T extends Place>(page: Continued, answers: Answers<T>): Row<T>[] {
  const rows = rowsAfter({ answers, missing: [] }, page);
  if (!rows) throw new Error('A page is cut when all that was planned is answered');
  return rows.slice(0, page.limit);
}

function rowsAfter<T extends Place>(desk: Desk<T>, page: Continued): Row<T>[] | undefined {
  const newest = startOf(hour, Math.min(millisecondsOf(page.after), spanOf(page).to));
  const rows = rowsIn(desk, page, [newest]);
  if (!rows || rows.length >= page.limit || newest <= spanOf(page).from) return rows;
  const hours = heldHours(desk, { from: spanOf(page).from, to: newest - 1 }, page.now);
  if (!hours) return;
  for (let at = 0; at < hours.length && rows.length < page.limit; ) {
    const next = enough(hours.slice(at, at + hoursAtOnce), page.limit - rows.length);
    const more = rowsIn(desk, page, next);
    if (!more) return;
    rows.push(...more);
    at += next.length;
  }
  return rows;
}

/** As many of these hours as hold the rows that are still wanted, as far as is known. */
function enough(hours: readonly Held[], wanted: number): number[] {
  let sum = 0;
  const last = hours.findIndex(({ rows }) => {
    sum += rows ?? 0;
    return sum >= wanted;
  });
  return hours.slice(0, last < 0 ? hours.length : last + 1).map((one) => one.hour);
}

function rowsIn<T extends Place>(desk: Desk<T>, page: Continued, hours: readonly number[]) {
  const rows: Row<T>[] = [];
  let known = true;
  for (const of of hours) {
    const { from, to } = within(spanOf(page), of);
    const logs = Array.from({ length: page.shards }, (_, shard) =>
      ask(desk, { kind: 'logs', hour: of, shard, from, to, before: page.after, limit: page.limit }),
    ).filter((some) => some !== undefined);
    known &&= logs.length === page.shards;
    rows.push(...unfolded(logs.flat()).filter(({ item, row }) => rowId(item.id, row) < page.after));
  }
  return known ? rows : undefined;
}
