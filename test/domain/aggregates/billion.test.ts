import { expect, test } from 'vitest';
import { emptyLane, type Lane } from '../../../domain/aggregates/lane.ts';
import { cut, type PageOf, plan } from '../../../domain/aggregates/pages.ts';
import {
  type Answers,
  keyOf,
  noAnswers,
  type Place,
  type Request,
} from '../../../domain/aggregates/requests.ts';
import { idAt, millisecondsOf } from '../../../domain/id.ts';
import { below, chance, hour, noon, second } from './samples.ts';

/** Thirty days of some 386 logs a second, none of which is ever made before it is asked for. */
const day = 24 * hour;
const now = noon + 27 * 60_000 + 444;
const oldest = Math.ceil((now - 30 * day) / second) * second;
/** The stream is this far behind. */
const behind = 32 * second;

const inSecond = (at: number): number =>
  at < oldest || at >= now - second ? 0 : 338 + (((at / second) * 7919) % 97);
const secondsOf = (of: number) => Array.from({ length: 3600 }, (_, i) => inSecond(of + i * second));
const hours = Array.from({ length: 30 * 24 + 1 }, (_, i) => Math.floor(now / hour) * hour - i * hour);
const rowsOf = new Map(hours.map((of) => [of, secondsOf(of).reduce((a, b) => a + b)]));
const total = [...rowsOf.values()].reduce((a, b) => a + b);

/** The k-th log of a second, the oldest first; its shard is k modulo the shards. */
const logAt = (at: number, k: number): Place => ({
  id: idAt(
    at + Math.floor((k * 1000) / inSecond(at)),
    Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, k >> 4, (k & 15) << 4),
  ),
  rows: 1,
});

function logsOf(shard: number, shards: number, from: number, to: number): Place[] {
  const logs: Place[] = [];
  for (let at = Math.floor(to / second) * second; at > from - second; at -= second)
    for (let k = inSecond(at) - 1; k >= 0; k--) if (k % shards === shard) logs.push(logAt(at, k));
  return logs.filter(({ id }) => millisecondsOf(id) >= from && millisecondsOf(id) <= to);
}

function laneOf(start: number, shard: number, shards: number): Lane {
  const lane = emptyLane(start);
  const share = (n: number) => Math.floor((n - shard + shards - 1) / shards);
  for (let i = 0; i < 600 && start + i * second < now - behind; i++) {
    const rows = share(inSecond(start + i * second));
    lane.seconds[i] = rows;
    const minute = lane.minutes[Math.floor(i / 60)];
    if (minute) minute.requests += rows;
    if (minute) minute.rows += rows;
    lane.sums.rows += rows;
    lane.seen = i;
  }
  return lane;
}

function answer(answers: Answers<Place>, request: Request, shards: number): void {
  const key = keyOf(request);
  const recent = hours[1] ?? 0;
  switch (request.kind) {
    case 'days': {
      const days = Array.from({ length: 31 }, (_, i) => request.from + i * day);
      const closed = (of: number) => (of < recent ? (rowsOf.get(of) ?? null) : null);
      answers.days.set(
        key,
        days.map((start) => ({
          start,
          hours: Array.from({ length: 24 }, (_, i) => closed(start + i * hour)),
        })),
      );
      return;
    }
    case 'marks':
      answers.marks.set(key, hours.slice(0, 2));
      return;
    case 'lanes': {
      const starts = [0, 1, 2, 3, 4, 5]
        .map((i) => request.hour + i * 600_000)
        .filter((at) => at < now - behind);
      const lanes = starts.flatMap((start) =>
        Array.from({ length: shards }, (_, shard) => ({
          shard,
          lane: laneOf(start, shard, shards),
        })),
      );
      answers.lanes.set(key, lanes);
      return;
    }
    case 'seconds':
      answers.seconds.set(key, secondsOf(request.hour));
      return;
    case 'count':
      answers.count.set(key, logsOf(request.shard, shards, request.from, request.to));
      return;
    case 'logs':
      answers.logs.set(
        key,
        logsOf(request.shard, shards, request.from, request.to).slice(0, request.limit ?? undefined),
      );
  }
}

/** The ids of a page, found by counting back from the newest row. */
function expected(offset: number, limit: number): string[] {
  let left = offset;
  const of = hours.find((one) => {
    const n = rowsOf.get(one) ?? 0;
    if (left >= n) left -= n;
    else return true;
    return false;
  });
  const ids: string[] = [];
  for (let at = (of ?? 0) + hour - second; at >= oldest && ids.length < limit; at -= second) {
    for (let k = inSecond(at) - 1; k >= 0 && ids.length < limit; k--) {
      if (left > 0) left--;
      else ids.push(logAt(at, k).id);
    }
  }
  return ids;
}

function read(page: PageOf) {
  const answers = noAnswers<Place>();
  let [rounds, requests] = [0, 0];
  for (let asked = plan(page, answers); asked.length > 0; asked = plan(page, answers)) {
    rounds++;
    requests += asked.length;
    for (const request of asked) answer(answers, request, page.shards);
  }
  return { ...cut(page, answers), rounds, requests };
}

test.each([1, 2, 4])(
  'a page of a billion logs in %d shards is found at any offset by 40 requests, 3 in a row',
  (shards) => {
    const random = chance(shards);
    expect(total).toBeGreaterThan(1e9);
    const offsets = [0, 50, 10_000, 12_345, 1e6, 5e8, total - 50, total - 1, total];
    const seen: number[][] = [];
    for (const offset of [...offsets, ...Array.from({ length: 12 }, () => below(random, total))]) {
      const page = { since: oldest - 1, until: now + 300_000, now, shards, limit: 50, offset };
      const found = read(page);
      expect(found.total).toBe(total);
      expect(found.rows.map(({ item }) => item.id)).toEqual(expected(offset, 50));
      seen.push([offset, found.requests, found.rounds]);
    }
    expect(Math.max(...seen.map(([, requests]) => requests ?? 0))).toBeLessThanOrEqual(40);
    expect(Math.max(...seen.map(([, , rounds]) => rounds ?? 0))).toBeLessThanOrEqual(4);
  },
);
