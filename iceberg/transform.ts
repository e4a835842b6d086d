import type { PrimitiveType, Value } from './model.ts';

/** Units of a timestamp in a second. */
const perSecond: Record<string, bigint> = {
  timestamp: 1_000_000n,
  timestamptz: 1_000_000n,
  timestamp_ns: 1_000_000_000n,
  timestamptz_ns: 1_000_000_000n,
};
const secondsPerHour = 3_600n;
const msPerDay = 86_400_000;

/**
 * The partition value of a column's value (Iceberg specification, "Partition Transforms"); undefined for a transform that
 * says too little: bucket, void, one not known here, and times before 1970, which older writers placed one too late.
 */
export function transformed(
  transform: string,
  type: PrimitiveType,
  value: Value | null,
): Value | null | undefined {
  if (transform === 'identity') return value;
  const width = /^truncate\[([1-9]\d{0,8})\]$/.exec(transform)?.[1];
  if (width) return value === null ? null : truncated(value, Number(width));
  if (!['year', 'month', 'day', 'hour'].includes(transform)) return undefined;
  return value === null ? null : datePart(transform, type, value);
}

function truncated(value: Value, width: number): Value | undefined {
  if (typeof value === 'bigint') return value - modulo(value, BigInt(width));
  if (typeof value === 'number') return value - (((value % width) + width) % width);
  if (typeof value === 'string') return [...value].slice(0, width).join('');
  return value instanceof Uint8Array ? value.subarray(0, width) : undefined;
}

const modulo = (value: bigint, width: bigint) => ((value % width) + width) % width;

function datePart(transform: string, type: PrimitiveType, value: Value): number | undefined {
  const hours = hoursOf(type, value);
  if (hours === undefined || hours < 0) return undefined;
  const days = Math.floor(hours / 24);
  const date = new Date(days * msPerDay);
  const years = date.getUTCFullYear() - 1970;
  const parts: Record<string, number> = {
    year: years,
    month: years * 12 + date.getUTCMonth(),
    day: days,
    hour: hours,
  };
  return parts[transform];
}

function hoursOf({ type }: PrimitiveType, value: Value): number | undefined {
  if (type === 'date') return typeof value === 'number' ? value * 24 : undefined;
  const unit = perSecond[type];
  if (unit === undefined || typeof value !== 'bigint' || value < 0n) return undefined;
  return Number(value / (unit * secondsPerHour));
}
