import { damaged } from './refusals.ts';
import { type Fields, isStruct, numberOf, structOf, truthOf } from './thrift.ts';

/** What the values of a column mean; undefined where it is nothing that is read. */
export type Meaning = {
  meaning: 'plain' | 'decimal' | 'date' | 'time' | 'stamp' | 'uuid' | 'half' | undefined;
  /** Digits of a decimal behind its point. */
  scale: number;
  /** Of times and stamps. */
  unit: 'milliseconds' | 'microseconds' | 'nanoseconds';
  /** Of stamps: whether they are instants, or clocks of no place. */
  utc: boolean;
  /** Of whole numbers. */
  unsigned: boolean;
};

type Named = Record<number, Meaning['meaning']>;
/** Logical types by their numbers in Parquet's metadata: strings, enums, integers, nothing and JSON are plain. */
const logical: Named = {
  ...{ 1: 'plain', 4: 'plain', 10: 'plain', 11: 'plain', 12: 'plain' },
  ...{ 5: 'decimal', 6: 'date', 7: 'time', 8: 'stamp', 14: 'uuid', 15: 'half' },
};
/** The converted types that were before them; the integers from 11 to 14 are unsigned. */
const converted: Named = {
  ...{ 0: 'plain', 4: 'plain', 11: 'plain', 12: 'plain', 13: 'plain', 14: 'plain', 15: 'plain', 16: 'plain' },
  ...{
    17: 'plain',
    18: 'plain',
    19: 'plain',
    5: 'decimal',
    6: 'date',
    7: 'time',
    8: 'time',
    9: 'stamp',
    10: 'stamp',
  },
};
const units = [undefined, 'milliseconds', 'microseconds', 'nanoseconds'] as const;

/** What an element of a schema says of its values, in the newer way or the older. */
export function meaningOf(element: Fields): Meaning {
  const [found] = structOf(element, 10) ?? [];
  if (!found) return olderOf(element);
  const [kind, parts] = found;
  if (!isStruct(parts)) throw damaged();
  const meaning = logical[kind];
  const isTimed = meaning === 'time' || meaning === 'stamp';
  const [unit = 1] = isTimed ? (structOf(parts, 2)?.keys() ?? []) : [];
  return {
    meaning,
    scale: (meaning === 'decimal' && numberOf(parts, 1)) || 0,
    unit: units[unit] ?? 'milliseconds',
    utc: meaning === 'stamp' && truthOf(parts, 1) === true,
    unsigned: kind === 10 && truthOf(parts, 2) === false,
  };
}

function olderOf(element: Fields): Meaning {
  const kind = numberOf(element, 6);
  const meaning = kind === undefined ? 'plain' : converted[kind];
  return {
    meaning,
    scale: numberOf(element, 7) ?? 0,
    unit: kind === 8 || kind === 10 ? 'microseconds' : 'milliseconds',
    utc: meaning === 'stamp',
    unsigned: kind !== undefined && kind >= 11 && kind <= 14,
  };
}
