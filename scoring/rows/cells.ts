import type { Feature } from '../ir.ts';

/** Why a value cannot be read. */
export type Problem =
  | 'not_a_number'
  | 'not_finite'
  | 'wrong_type'
  /** The model has no rule for a missing value of this feature. */
  | 'missing'
  /** Only where levels are read strictly or must not be missing: else it is missing. */
  | 'unseen_level';

/** Counts the levels that a model does not know, over all that was read. */
export type Tally = { unseen: number };

export type Reading = {
  /** A level never seen is a problem instead of missing. */
  strict?: boolean;
  tally?: Tally;
};

/** Reads one value of a feature: a number or a level's code, NaN where it is missing. */
export type Cell = {
  read(value: unknown): number | Problem;
  /** The first half of `read`: what the value itself says, whatever a missing one means; a level never seen is −1. */
  parse(value: unknown): number | Problem;
  /** The second half: what that means for the row, counted. */
  settle(parsed: number | Problem): number | Problem;
  isLevel: boolean;
};

/** No code of any level. */
const unseen = -1;

export function cellOf(feature: Feature, compare: 'f32' | 'f64', reading: Reading = {}): Cell {
  const absent = feature.required ? 'missing' : Number.NaN;
  const orAbsent = (x: number | Problem) => (Number.isNaN(x) ? absent : x);
  if (!feature.levels) {
    const parse = numberReader(feature.kind, compare);
    const read = feature.required ? (value: unknown) => orAbsent(parse(value)) : parse;
    return { read, parse, settle: orAbsent, isLevel: false };
  }
  const { strict = false, tally = { unseen: 0 } } = reading;
  const lenient = feature.other ? feature.levels.length : feature.required ? 'unseen_level' : Number.NaN;
  const never = strict ? 'unseen_level' : lenient;
  const parse = levelReader(feature.levels, feature.prefix);
  const settle = (x: number | Problem) => {
    if (x !== unseen) return orAbsent(x);
    tally.unseen++;
    return never;
  };
  return { read: (value) => settle(parse(value)), parse, settle, isLevel: true };
}

const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const longestNumber = 400;

/** In single precision a number beyond its range would become infinite: it is refused like an infinity. */
function numberReader(kind: Feature['kind'], compare: 'f32' | 'f64') {
  const rounded = compare === 'f32' ? Math.fround : (x: number) => x;
  // LightGBM cuts the fraction off a category's code.
  const stored = kind === 'category' && compare === 'f64' ? Math.trunc : rounded;
  const checked = (value: number): number | Problem => {
    const x = stored(value);
    return x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY ? 'not_finite' : x;
  };
  const parsed = (value: string): number | Problem => {
    const text = value.trim();
    if (text === '') return Number.NaN;
    return text.length <= longestNumber && decimal.test(text) ? checked(Number(text)) : 'not_a_number';
  };
  return (value: unknown): number | Problem => {
    if (typeof value === 'number') return checked(value);
    if (typeof value === 'string') return parsed(value);
    if (typeof value === 'boolean') return value ? 1 : 0;
    return value === undefined || value === null ? Number.NaN : 'wrong_type';
  };
}

function levelReader(levels: readonly string[], prefix: string | undefined) {
  const codes = new Map<string, number>();
  const truths = new Map<boolean, number>();
  const numbers = new Map<number, number>();
  levels.forEach((level, code) => {
    if (codes.has(level)) return;
    codes.set(level, code);
    if (/^(true|false)$/i.test(level)) setNew(truths, level.toLowerCase() === 'true', code);
    if (decimal.test(level)) setNew(numbers, Number(level), code);
  });
  const named = (name: string) =>
    codes.get(name) ?? (prefix === undefined ? undefined : codes.get(prefix + name));
  const codeOf = (value: string | number | boolean): number | undefined => {
    const code = named(String(value));
    if (code !== undefined) return code;
    if (typeof value === 'number') return numbers.get(value);
    if (typeof value === 'boolean') return truths.get(value);
    return truths.size > 0 && /^(true|false)$/i.test(value)
      ? truths.get(value.toLowerCase() === 'true')
      : undefined;
  };
  return (value: unknown): number | Problem => {
    if (value === undefined || value === null || value === '' || Number.isNaN(value)) return Number.NaN;
    if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) return 'not_finite';
    if (!isScalar(value)) return 'wrong_type';
    return codeOf(value) ?? unseen;
  };
}

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

function setNew<K>(map: Map<K, number>, key: K, code: number): void {
  if (!map.has(key)) map.set(key, code);
}
