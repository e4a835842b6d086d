import fc from 'fast-check';
import type { Value } from '../../../iceberg/model.ts';
import { columns, type Row } from '../support/pruneSamples.ts';

/** A filter as somebody writes it, and what it says of one row, by the rules of SQL written down once more. */
export interface Sample {
  text: string;
  of: (row: Row) => boolean | null;
}

const isNan = (value: Value) => typeof value === 'number' && Number.isNaN(value);

/** NaN is the greatest number and equals itself; -0 equals 0; texts go by their bytes. */
function order(a: Value, b: Value): number {
  if (isNan(a) || isNan(b)) return Number(isNan(a)) - Number(isNan(b));
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

const times = (micros: bigint) => new Date(Number(micros / 1000n)).toISOString();

/** The ways to write a constant for each column; all of one column are compared in that column's type. */
function spellings(at: number, value: Value): string[] {
  const type = columns[at]?.[0].type;
  if (type === 'string') return [`'${value}'`];
  if (type === 'timestamptz') {
    const micros = String(BigInt(value as bigint) % 1000n).padStart(3, '0');
    const text = times(value as bigint).replace('Z', `${micros}+00`);
    return [`'${text}'`, `timestamptz '${text}'`];
  }
  if (type === 'decimal') {
    const unscaled = Number(value);
    const text = (unscaled / 100).toFixed(2);
    return [text, `'${text}'`, `cast(${text} as decimal(9, 2))`];
  }
  if (type === 'int') return [String(value), `'${value}'`, `(${value} + 0)`];
  const text = Object.is(value, -0) ? '-0.0' : String(value).replace('Infinity', 'inf').replace('NaN', 'nan');
  return [`'${text}'`, `cast('${text}' as double)`];
}

interface Written {
  value: Value;
  text: string;
}
const constantOf = (at: number): fc.Arbitrary<Written> =>
  fc
    .constantFrom(...(columns[at]?.[1] ?? []))
    .chain((value) =>
      fc.record({ value: fc.constant(value), text: fc.constantFrom(...spellings(at, value)) }),
    );

const signs: Record<string, (by: number) => boolean> = {
  '>': (by) => by > 0,
  '>=': (by) => by >= 0,
  '<': (by) => by < 0,
  '<=': (by) => by <= 0,
  '=': (by) => by === 0,
  '<>': (by) => by !== 0,
};

const cell = (row: Row, at: number): Value | null => row[at] ?? null;
const column = fc.nat(columns.length - 1);

const comparison: fc.Arbitrary<Sample> = column.chain((at) =>
  fc
    .record({ sign: fc.constantFrom(...Object.keys(signs)), constant: constantOf(at), flipped: fc.boolean() })
    .map(({ sign, constant, flipped }) => ({
      text: flipped ? `${constant.text} ${sign} n${at}` : `n${at} ${sign} ${constant.text}`,
      of: (row) => {
        const value = cell(row, at);
        if (value === null) return null;
        const by = order(value, constant.value);
        return signs[sign]?.(flipped ? -by : by) ?? null;
      },
    })),
);

const between: fc.Arbitrary<Sample> = column.chain((at) =>
  fc.record({ low: constantOf(at), high: constantOf(at), not: fc.boolean() }).map(({ low, high, not }) => ({
    text: `n${at} ${not ? 'not ' : ''}between ${low.text} and ${high.text}`,
    of: (row) => {
      const value = cell(row, at);
      if (value === null) return null;
      return (order(value, low.value) >= 0 && order(value, high.value) <= 0) !== not;
    },
  })),
);

const among: fc.Arbitrary<Sample> = column.chain((at) =>
  fc
    .record({
      items: fc.array(constantOf(at), { minLength: 1, maxLength: 4 }),
      not: fc.boolean(),
      withNull: fc.boolean(),
    })
    .map(({ items, not, withNull }) => ({
      text: `n${at} ${not ? 'not ' : ''}in (${[...items.map(({ text }) => text), ...(withNull ? ['NULL'] : [])]})`,
      of: (row) => {
        const value = cell(row, at);
        if (value === null) return null;
        if (items.some((one) => order(value, one.value) === 0)) return !not;
        return withNull ? null : not;
      },
    })),
);

const nullness: fc.Arbitrary<Sample> = fc.record({ at: column, not: fc.boolean() }).map(({ at, not }) => ({
  text: `n${at} is ${not ? 'not ' : ''}null`,
  of: (row) => (cell(row, at) === null) !== not,
}));

const distinct: fc.Arbitrary<Sample> = column.chain((at) =>
  constantOf(at).map(({ text, value }) => ({
    text: `n${at} is distinct from ${text}`,
    of: (row) => {
      const own = cell(row, at);
      return own === null || order(own, value) !== 0;
    },
  })),
);

function both(a: boolean | null, b: boolean | null): boolean | null {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
}
const no = (a: boolean | null) => (a === null ? null : !a);

/** Filters over the columns `n0`, `n1` … of the samples, to some depth. */
export const sample: fc.Arbitrary<Sample> = fc.letrec<{ any: Sample }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    { arbitrary: comparison, weight: 4 },
    between,
    among,
    nullness,
    distinct,
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => ({
      text: `(${a.text}) and ${b.text.includes(' or ') ? `(${b.text})` : b.text}`,
      of: (row: Row) => both(a.of(row), b.of(row)),
    })),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => ({
      text: `(${a.text}) or (${b.text})`,
      of: (row: Row) => no(both(no(a.of(row)), no(b.of(row)))),
    })),
    tie('any').map((a) => ({ text: `not (${a.text})`, of: (row: Row) => no(a.of(row)) })),
    fc.tuple(tie('any'), tie('any'), tie('any')).map(([a, b, c]) => ({
      text: `case when ${a.text} then ${b.text} else ${c.text} end`,
      of: (row: Row) => (a.of(row) === true ? b.of(row) : c.of(row)),
    })),
  ),
})).any;
