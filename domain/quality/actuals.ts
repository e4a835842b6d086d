import { millisecondsOf } from '../id.ts';
import { type Judge, judged } from './judge.ts';
import { add, correction, none, type Sums } from './sums.ts';

/** What came true of a row, as it is kept with its log. */
export interface Actual {
  value: string | number;
  /** Whole seconds from the prediction to the observation, never negative. */
  lagSeconds: number;
}

/** The log of a request, as far as labels go. */
export interface Answered {
  /** That of row 0, which says when. */
  id: string;
  /** Of each row. */
  predictions: readonly (string | number)[];
  probabilities?: readonly (readonly number[])[];
  /** By row: what is known already. */
  actuals: ReadonlyMap<number, Actual>;
}

/** What is reported of a row; `observedAt` and `now` are in epoch milliseconds. */
export interface Reported {
  row: number;
  value: string | number;
  observedAt?: number;
}

/** What a log and the counters of its hour become by a report. */
export interface Change {
  actuals: ReadonlyMap<number, Actual>;
  changed: boolean;
  /** New − old: what has to be added. */
  sums: Sums;
  /** What has to wait for another transaction: counters are too many for one. */
  left: Reported[];
}

/** An expression of DynamoDB has 4 KB, which is room for so many counters. */
export const mostCounters = 400;

/**
 * Put what is reported of a log's rows in the place of what was known. The same label again changes nothing, neither
 * does the delay of a repeat that says no time: so a report may be sent again at any time.
 */
export function reported(judge: Judge, log: Answered, reports: readonly Reported[], now: number): Change {
  const actuals = new Map(log.actuals);
  let sums: Sums = none;
  let changed = false;
  for (const [i, report] of reports.entries()) {
    const known = actuals.get(report.row);
    const actual = actualOf(log.id, report, known, now);
    if (known && known.value === actual.value && known.lagSeconds === actual.lagSeconds) continue;
    const of = (label: Actual) => sumsOf(judge, log, report.row, label);
    const more = add(sums, correction(known && of(known), of(actual)));
    if (more.size > mostCounters) return { actuals, changed, sums, left: reports.slice(i) };
    actuals.set(report.row, actual);
    sums = more;
    changed = true;
  }
  return { actuals, changed, sums, left: [] };
}

function actualOf(
  id: string,
  { value, observedAt }: Reported,
  known: Actual | undefined,
  now: number,
): Actual {
  if (observedAt === undefined && known?.value === value) return known;
  return {
    value,
    lagSeconds: Math.max(0, Math.round(((observedAt ?? now) - millisecondsOf(id)) / 1000)),
  };
}

/** What the label of a row adds to the counters of its hour. */
export const sumsOf = (
  judge: Judge,
  { predictions, probabilities }: Answered,
  row: number,
  { value, lagSeconds }: Actual,
): Sums =>
  judged(judge, {
    prediction: predictions[row] as string | number,
    probabilities: probabilities?.[row],
    actual: value,
    lagSeconds,
  });

/** Changes of which each group is one transaction: so many logs, and their hours. */
const mostItems = 90;

/** Logs with their changes, in groups that may be written at once; `hourOf` an id is where its counters are. */
export function transactions<T extends { id: string; change: Change }>(
  changed: readonly T[],
  hourOf: (id: string) => number,
): { logs: T[]; hours: Map<number, Sums> }[] {
  const groups: { logs: T[]; hours: Map<number, Sums> }[] = [];
  for (const one of changed.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const hour = hourOf(one.id);
    const group = groups.at(-1);
    const sums = add(group?.hours.get(hour) ?? none, one.change.sums);
    const items = group ? group.logs.length + group.hours.size + 1 : 0;
    if (group && items < mostItems && sums.size <= mostCounters) {
      group.logs.push(one);
      group.hours.set(hour, sums);
    } else groups.push({ logs: [one], hours: new Map([[hour, one.change.sums]]) });
  }
  return groups;
}
