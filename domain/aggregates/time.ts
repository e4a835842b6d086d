import { hourOf } from '../log.ts';

/** All times are epoch milliseconds, all days and hours are UTC. */
export const second = 1000;
export const minute = 60 * second;
/** A lane is as long as this. */
export const slot = 10 * minute;
export const hour = 60 * minute;
export const day = 24 * hour;

export const startOf = (length: number, at: number): number => Math.floor(at / length) * length;

/** yyyymmddHHM, the first digit of the minute: how the keys of lanes begin. */
export const slotLabel = (at: number): string =>
  `${hourOf(at)}${Math.floor((at - startOf(hour, at)) / slot)}`;

/** yyyymmdd */
export const dayLabel = (at: number): string => hourOf(at).slice(0, 8);

/** A record later than this is counted as dropped: its lane would expire before its hour could be closed. */
const latest = 6 * day;
export const isTooLate = (at: number, now: number): boolean => now - at > latest;

/** When a lane may be forgotten, in epoch seconds. */
export const laneExpiry = (start: number): number => Math.floor((start + 7 * day) / second);
