import { byLane, emptyLane, fold } from '../../../domain/aggregates/lane.ts';
import { type PageOf, unfolded } from '../../../domain/aggregates/pages.ts';
import {
  type Answered,
  type Answers,
  type DayCounts,
  type Kind,
  keyOf,
  type Place,
  type Request,
} from '../../../domain/aggregates/requests.ts';
import { idAt, millisecondsOf, rowId } from '../../../domain/id.ts';
import { logId, partition } from '../../../domain/log.ts';
import { below, chance, hour, noon, second } from './samples.ts';

const day = 24 * hour;
const start = (length: number, at: number) => Math.floor(at / length) * length;

/** An hour of a shard: what the table holds in the order of writing, and how much of it is folded. */
interface Partition {
  hour: number;
  shard: number;
  written: Place[];
  folded: number;
  /** Among the folded: those that could not be read at first, and were brought again. */
  redriven: Set<Place>;
}

/** A deployment's tables at one moment, the stream anywhere behind them. */
export interface World {
  now: number;
  shards: number;
  logs: Place[];
  /** Written after all was counted, before the page was read. */
  late: Place[];
  partitions: Partition[];
  /** Hours with a mark; the counts of closed ones, and stale counts of some that were opened again. */
  open: Set<number>;
  closed: Map<number, number>;
  /** Closed hours that have lost their row of seconds. */
  torn: Set<number>;
}

const some = (random: () => number, at: number): Place => ({
  id: logId(
    idAt(
      at,
      Uint8Array.from({ length: 10 }, () => below(random, 256)),
    ),
  ),
  rows: random() < 0.3 ? 1 + below(random, 6) : 1,
});

const shardOf = (id: string, shards: number) => Number(partition('d', id, shards).split('#')[2]);
const at = ({ id }: Place) => millisecondsOf(id);
const rowsOf = (logs: readonly Place[]) => logs.reduce((sum, { rows }) => sum + rows, 0);

/** Logs of five hours across midnight, many in the same second and some in the same millisecond. */
export function worldOf(seed: number): World {
  const random = chance(seed);
  const now = noon + 12 * hour + below(random, 2 * hour);
  const shards = 1 + below(random, 3);
  const bursts = [now, ...Array.from({ length: 5 }, () => now - below(random, 5 * hour))];
  const when = () => {
    const burst = bursts[below(random, bursts.length)] ?? now;
    const at = random() < 0.8 ? burst + below(random, 2500) - 1250 : now - below(random, 5 * hour);
    return random() < 0.2 ? start(second, at) : at;
  };
  const logs = Array.from({ length: below(random, 70) }, () => some(random, Math.min(now + 900, when())));
  const late = Array.from({ length: below(random, 3) }, () => some(random, now - 1000 + below(random, 2500)));
  const hours = [...new Set(logs.map((log) => start(hour, at(log))))];
  const recent = start(hour, now) - hour;
  const open = new Set(hours.filter((of) => random() < (of < recent ? 0.3 : 0.8)));
  const isOpen = (of: number) => open.has(of) || of >= recent;
  const partitions = hours.flatMap((of) =>
    Array.from({ length: shards }, (_, shard) => {
      const own = logs.filter((log) => start(hour, at(log)) === of && shardOf(log.id, shards) === shard);
      // Written up to two seconds after its id was made.
      const written = own
        .map((log) => ({ log, when: at(log) + below(random, 2 * second) }))
        .toSorted((a, b) => a.when - b.when)
        .map(({ log }) => log);
      const folded = isOpen(of) ? below(random, own.length + 1) : own.length;
      const redriven = new Set(written.slice(0, folded).filter(() => random() < 0.1));
      return { hour: of, shard, written, folded, redriven };
    }),
  );
  const closed = new Map(
    hours
      .filter((of) => !isOpen(of) || random() < 0.3)
      .map((of) => {
        const n = rowsOf(logs.filter((log) => start(hour, at(log)) === of));
        return [of, isOpen(of) ? below(random, n + 1) : n];
      }),
  );
  const torn = new Set(hours.filter(() => random() < 0.1));
  return { now, shards, logs, late, partitions, open, closed, torn };
}

const inOrder = (a: Place, b: Place) => (a.id < b.id ? 1 : -1);

type Answer = { [K in Kind]: (world: World, asked: Extract<Request, { kind: K }>) => Answered<Place>[K] };

const answer: Answer = {
  days: ({ closed }, { from, to }) => {
    const days: DayCounts[] = [];
    for (let of = from; of <= to; of += day)
      days.push({
        start: of,
        hours: Array.from({ length: 24 }, (_, i) => closed.get(of + i * hour) ?? null),
      });
    return days;
  },
  marks: ({ open }, { from, to }) => [...open].filter((of) => of >= from && of <= to),
  lanes: ({ partitions }, { hour: of }) =>
    partitions
      .filter((one) => one.hour === of)
      .flatMap(({ shard, written, folded, redriven }) => {
        const done = written.slice(0, folded);
        return [
          ...lanesOf(
            shard,
            done.filter((log) => !redriven.has(log)),
          ),
          ...lanesOf(shard, [...redriven]),
        ];
      }),
  seconds: (world, { hour: of }) => {
    if (!world.closed.has(of) || world.torn.has(of)) return null;
    const seconds = new Array<number>(3600).fill(0);
    for (const log of world.logs.filter((one) => start(hour, at(one)) === of)) {
      const i = Math.floor((at(log) - of) / second);
      seconds[i] = (seconds[i] ?? 0) + log.rows;
    }
    return seconds;
  },
  count: (world, asked) => stretchOf(world.logs, world.shards, asked),
  logs: (world, asked) =>
    stretchOf([...world.logs, ...world.late], world.shards, asked).slice(
      0,
      asked.limit ?? Number.POSITIVE_INFINITY,
    ),
};

function lanesOf(shard: number, folded: readonly Place[]) {
  const records = folded.map((log, i) => ({
    deploymentId: 'd',
    shard: String(shard),
    fact: { sequence: String(i), at: at(log), rows: log.rows, status: 200, latency: 1, bins: null },
  }));
  return byLane(records).map((one) => ({
    shard,
    lane: fold(emptyLane(one.start), one.facts),
  }));
}

const stretchOf = (
  logs: readonly Place[],
  shards: number,
  asked: { hour: number; shard: number; from: number; to: number; before?: string },
) =>
  logs
    .filter(
      (log) =>
        start(hour, at(log)) === asked.hour &&
        shardOf(log.id, shards) === asked.shard &&
        at(log) >= asked.from &&
        at(log) <= asked.to &&
        (asked.before === undefined || log.id < asked.before),
    )
    .toSorted(inOrder);

/** Answers what is asked, until nothing is asked any more. */
export function drive(
  world: World,
  answers: Answers<Place>,
  plan: (answers: Answers<Place>) => Request[],
): { rounds: number; requests: number } {
  let [rounds, requests] = [0, 0];
  for (let asked = plan(answers); asked.length > 0; asked = plan(answers)) {
    rounds++;
    requests += asked.length;
    for (const request of asked) keep(world, answers, request);
    if (rounds > 100) throw new Error('The planner goes round in circles');
  }
  return { rounds, requests };
}

function keep<K extends Kind>(
  world: World,
  answers: Answers<Place>,
  request: Extract<Request, { kind: K }>,
): void {
  const kind = request.kind as K;
  answers[kind].set(keyOf(request), answer[kind](world, request));
}

/** The same page, from all logs at once. */
export function bruteForce({ logs }: World, { since, until, offset, limit }: PageOf) {
  const all = unfolded(logs.filter((log) => at(log) > since && at(log) < until));
  const rows = all
    .map(({ item, row }) => rowId(item.id, row))
    .toSorted()
    .reverse();
  return { total: rows.length, rows: rows.slice(offset, offset + limit) };
}

/** Times near which pages may go wrong: those of logs, and the borders of seconds and hours around them. */
export function momentOf({ logs, now }: World, random: () => number): number {
  const log = logs[below(random, logs.length)];
  const moment = log ? at(log) : now;
  const near = [moment, start(second, moment), start(hour, moment), start(day, now), now];
  return (near[below(random, near.length)] ?? now) + below(random, 3) - 1;
}
