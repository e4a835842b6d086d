import type { Feature } from './ir.ts';

/** Why a value cannot be read; the value itself is never part of it. */
export type RowIssue = { feature: string; problem: 'not_a_number' | 'not_finite' | 'wrong_type' };

export type Row = Readonly<Record<string, unknown>>;

type Problem = RowIssue['problem'];
type Slot = { name: string; inherited: boolean; read: (value: unknown) => number | Problem };

const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const longestNumber = 400;

/** Reads records into rows in the model's order; what is missing, or a level never seen, is NaN. */
export function rowReader(features: readonly Feature[], compare: 'f32' | 'f64') {
  const slots: Slot[] = features.map((feature) => ({
    name: feature.name,
    // A name such as `constructor` is found on every object: only the record's own counts.
    inherited: feature.name in Object.prototype,
    read: feature.levels ? levelReader(feature.levels) : numberReader(feature.kind, compare),
  }));
  return (record: Row): Float64Array | RowIssue[] => {
    const row = new Float64Array(slots.length);
    let issues: RowIssue[] | null = null;
    for (let column = 0; column < slots.length; column++) {
      const slot = slots[column] as Slot;
      const value = slot.inherited && !Object.hasOwn(record, slot.name) ? undefined : record[slot.name];
      const x = slot.read(value);
      if (typeof x === 'number') row[column] = x;
      else {
        issues ??= [];
        issues.push({ feature: slot.name, problem: x });
      }
    }
    return issues ?? row;
  };
}

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

function levelReader(levels: readonly string[]) {
  const codes = new Map<string, number>();
  const truths = new Map<boolean, number>();
  const numbers = new Map<number, number>();
  levels.forEach((level, code) => {
    if (codes.has(level)) return;
    codes.set(level, code);
    if (/^(true|false)$/i.test(level)) setNew(truths, level.toLowerCase() === 'true', code);
    if (decimal.test(level)) setNew(numbers, Number(level), code);
  });
  const codeOf = (value: string | number | boolean): number | undefined => {
    const code = codes.get(String(value));
    if (code !== undefined) return code;
    if (typeof value === 'number') return numbers.get(value);
    if (typeof value === 'boolean') return truths.get(value);
    return truths.size > 0 && /^(true|false)$/i.test(value)
      ? truths.get(value.toLowerCase() === 'true')
      : undefined;
  };
  return (value: unknown): number | Problem => {
    if (value === undefined || value === null || value === '') return Number.NaN;
    if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) return 'not_finite';
    if (!isScalar(value)) return 'wrong_type';
    return codeOf(value) ?? Number.NaN;
  };
}

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

function setNew<K>(map: Map<K, number>, key: K, code: number): void {
  if (!map.has(key)) map.set(key, code);
}
