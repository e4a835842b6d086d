import type { Lane } from './lane.ts';

/** What a list of logs asks of the tables. All requests of one answer of a planner may be sent at once. */
interface Asked {
  /** S# D# of these days, first and last, by their start. */
  days: { from: number; to: number };
  /** S# O#: the open marks of these hours, first and last. */
  marks: { from: number; to: number };
  /** L#: all lanes of an hour. */
  lanes: { hour: number };
  /** S# H#: the rows per second of an hour. */
  seconds: { hour: number };
  /** All log items of a stretch: ids and rows. */
  count: Stretch;
  /** The newest log items of a stretch, in full: all of them, or as many as `limit` says. */
  logs: Stretch & { limit: number | null };
}

export interface Answered<T extends Place> {
  days: readonly DayCounts[];
  marks: readonly number[];
  lanes: readonly LaneOf[];
  /** Null where there is no such row. */
  seconds: readonly number[] | null;
  count: readonly Place[];
  logs: readonly T[];
}

export type Kind = keyof Asked;
export type Request = { [K in Kind]: { kind: K } & Asked[K] }[Kind];
/** What has been answered so far, by the key of its request. */
export type Answers<T extends Place> = { [K in Kind]: Map<string, Answered<T>[K]> };

/** Within one log partition, all ids of these milliseconds; both ends inclusive. `hour` is when the partition begins. */
export interface Stretch {
  hour: number;
  shard: number;
  from: number;
  to: number;
  /** Only ids below this one. */
  before?: string;
}

/** A log item; whatever else it has is left as it is. */
export interface Place {
  /** UUIDv7. */
  id: string;
  /** One at least. */
  rows: number;
}

export interface DayCounts {
  /** The day's start. */
  start: number;
  /** Rows of each of its hours; null where it has not been closed. */
  hours: readonly (number | null)[];
}

/** A lane and the shard that feeds it; what was redriven has a lane of its own, of the same shard. */
export interface LaneOf {
  shard: number;
  lane: Lane;
}

export const noAnswers = <T extends Place>(): Answers<T> => ({
  days: new Map(),
  marks: new Map(),
  lanes: new Map(),
  seconds: new Map(),
  count: new Map(),
  logs: new Map(),
});

/** Under which the answer to a request is kept. */
export const keyOf = (request: Request): string => JSON.stringify(request);

/** Questions put to what is known: what is not known yet is noted as a request. */
export interface Desk<T extends Place> {
  answers: Answers<T>;
  missing: Request[];
}

export function ask<T extends Place, K extends Kind>(
  desk: Desk<T>,
  request: Request & { kind: K },
): Answered<T>[K] | undefined {
  const kind: K = request.kind;
  const answer = desk.answers[kind].get(keyOf(request));
  if (answer === undefined) desk.missing.push(request);
  return answer;
}
