import { millisecondsOf } from '../id.ts';
import { guess } from './guess.ts';
import { heldHours, recentHours } from './heldHours.ts';
import { closedHour, type HourView, type Listing, openHour, spanOf } from './hourView.ts';
import { type Answers, ask, type Desk, type Place, type Request } from './requests.ts';
import { hour, second } from './time.ts';
import { isWhole, within } from './window.ts';

export type PageOf = Listing & { limit: number; offset: number };

/** One row of a log item: the newest row of a request is its last. */
export interface Row<T extends Place> {
  item: T;
  row: number;
}

/**
 * The next requests for a page, all to be sent at once; none when it can be cut. Their number does not grow with the
 * offset: days and hours are counted, seconds are read only where the page begins and ends. The window must not be empty.
 */
export function plan<T extends Place>(page: PageOf, answers: Answers<T>): Request[] {
  const desk = { answers, missing: [] };
  layout(desk, page);
  return desk.missing;
}

/** The rows of a page, newest first, and how many rows the window holds. Throws where `plan` still asks. */
export function cut<T extends Place>(page: PageOf, answers: Answers<T>): { total: number; rows: Row<T>[] } {
  const laid = layout({ answers, missing: [] }, page);
  if (!laid) throw new Error('A page is cut when all that was planned is answered');
  return { total: laid.total, rows: laid.parts.flatMap(rowsOf) };
}

/** A part of a page within one hour: the logs of some of its seconds, and which of their rows. */
interface Part<T extends Place> {
  view: HourView;
  logs: T[];
  skip: number;
  take: number;
}

function layout<T extends Place>(desk: Desk<T>, page: PageOf) {
  const views = viewsOf(desk, page);
  if (!views) return;
  const parts: (Part<T> | undefined)[] = [];
  let total = 0;
  for (const view of views) {
    const skip = Math.max(0, page.offset - total);
    const take = Math.min(view.rows, page.offset + page.limit - total) - skip;
    if (take > 0) parts.push(partOf(desk, page, view, skip, take));
    total += view.rows;
  }
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? { total, parts: known } : undefined;
}

/** The hours of the window with the rows that they hold in it, newest first. */
function viewsOf<T extends Place>(desk: Desk<T>, page: PageOf): HourView[] | undefined {
  const span = spanOf(page);
  const hours = heldHours(desk, span, page.now);
  if (!hours) {
    // These need not wait for the marks.
    for (const of of recentHours(span, page.now)) ask(desk, { kind: 'lanes', hour: of });
    return;
  }
  const views = hours.map(({ hour: of, rows }) => {
    if (rows === null) return openHour(desk, page, of);
    if (isWhole(span, of)) return { hour: of, rows, seconds: null, counted: [] };
    return closedHour(desk, page, of);
  });
  const known = views.filter((view) => view !== undefined);
  if (known.length === views.length) return known;
  guess(desk, page, hours);
  return;
}

/** Asks for the logs of the seconds that hold these rows of an hour. */
function partOf<T extends Place>(
  desk: Desk<T>,
  page: PageOf,
  view: HourView,
  skip: number,
  take: number,
): Part<T> | undefined {
  const whole = skip === 0 && take === view.rows;
  const seen = whole || view.seconds ? view : closedHour(desk, page, view.hour);
  if (!seen) return;
  const { from, to, newer } = seen.seconds
    ? stretchOf(seen.seconds, skip, take)
    : { from: 0, to: hour / second - 1, newer: 0 };
  const span = within(spanOf(page), view.hour);
  const logs = Array.from({ length: page.shards }, (_, shard) =>
    ask(desk, {
      kind: 'logs',
      hour: view.hour,
      shard,
      from: Math.max(span.from, view.hour + from * second),
      to: Math.min(span.to, view.hour + to * second + second - 1),
      limit: limitOf(seen, shard, skip - newer + take),
    }),
  );
  const known = logs.filter((some) => some !== undefined);
  if (known.length < logs.length) return;
  return {
    view: seen,
    logs: known.flatMap((some, shard) => counted(seen, shard, some)),
    skip: skip - newer,
    take,
  };
}

/** Every item has a row, so no more items are of use than rows; but of those that came since the count none is. */
const limitOf = (view: HourView, shard: number, rows: number): number | null =>
  view.counted.some(({ stretch }) => stretch.shard === shard) ? null : rows;

/** From which second to which the rows lie, and how many rows are newer than the last of these seconds. */
function stretchOf(seconds: readonly number[], skip: number, take: number) {
  let to = seconds.length - 1;
  let newer = 0;
  for (; to > 0 && newer + (seconds[to] ?? 0) <= skip; to--) newer += seconds[to] ?? 0;
  let from = to;
  for (let sum = newer + (seconds[from] ?? 0); from > 0 && sum < skip + take; ) sum += seconds[--from] ?? 0;
  return { from, to, newer };
}

/** Where ids were counted, a log that came after is not yet of this answer. */
function counted<T extends Place>(view: HourView, shard: number, logs: readonly T[]): T[] {
  const stretches = view.counted
    .filter(({ stretch }) => stretch.shard === shard)
    .map(({ stretch, places }) => ({ ...stretch, ids: new Set(places.map(({ id }) => id)) }));
  return logs.filter(({ id }) => {
    const at = millisecondsOf(id);
    const known = stretches.find(({ from, to }) => from <= at && at <= to);
    return !known || known.ids.has(id);
  });
}

function rowsOf<T extends Place>({ logs, skip, take }: Part<T>): Row<T>[] {
  return unfolded(logs).slice(skip, skip + take);
}

/** Rows of some log items, newest first. */
export function unfolded<T extends Place>(logs: readonly T[]): Row<T>[] {
  return logs
    .toSorted((a, b) => (a.id < b.id ? 1 : -1))
    .flatMap((item) => Array.from({ length: item.rows }, (_, i) => ({ item, row: item.rows - 1 - i })));
}
