import { signs } from './grammar.ts';

/** A filter as plain data: what remains of the engine's tree once everything in it is known. */

/** A constant as the engine types it; integers and decimals keep the engine's own form. */
export type Constant =
  | { id: 'NULL' }
  | { id: 'BOOLEAN'; value: boolean }
  | { id: 'VARCHAR'; value: string }
  | { id: 'INTEGER' | 'BIGINT'; value: number | bigint }
  | { id: 'HUGEINT'; value: Wide }
  | { id: 'DECIMAL'; width: number; scale: number; value: number | bigint | Wide };

/** 128 bits in two halves. */
export interface Wide {
  upper: number | bigint;
  lower: number | bigint;
}

/** What a cast makes; width and scale only of a decimal. */
export interface CastType {
  id: string;
  width?: number;
  scale?: number;
}

interface Place {
  /** The character, counted from 1, at which it stands in the text it was read from. */
  at?: number;
}

/** An inner node by the engine's own words for its class and type; operands in the order of the text. */
export type Expression = Place &
  (
    | { class: 'CONJUNCTION' | 'COMPARISON' | 'BETWEEN' | 'OPERATOR'; type: string; of: Expression[] }
    /** when, then, when, then …, else */
    | { class: 'CASE'; of: Expression[] }
    | { class: 'CAST'; of: Expression[]; to: CastType; attempt: boolean }
    | { class: 'FUNCTION'; of: Expression[]; name: string; operator: boolean }
    | { class: 'COLUMN_REF'; of: Expression[]; name: string }
    | { class: 'CONSTANT'; of: Expression[]; constant: Constant }
  );

/** Every leaf is replaced, the rest stays as it is. */
export function mapLeaves(expression: Expression, to: (leaf: Expression) => Expression): Expression {
  const mapped = expression.of.map((one) => mapLeaves(one, to));
  return expression.of.length === 0 ? to(expression) : { ...expression, of: mapped };
}

/** All nodes, each before its operands. */
export const nodesOf = (expression: Expression): Expression[] => [
  expression,
  ...expression.of.flatMap(nodesOf),
];

export const column = (name: string, at?: number): Expression => ({ class: 'COLUMN_REF', of: [], name, at });

export const integer = (value: number): Expression => ({
  class: 'CONSTANT',
  of: [],
  constant: { id: 'INTEGER', value },
});

export const cast = (to: CastType, of: Expression, at?: number): Expression => ({
  class: 'CAST',
  of: [of],
  to,
  attempt: false,
  at,
});

export const text = (value: string, at?: number): Expression => ({
  class: 'CONSTANT',
  of: [],
  constant: { id: 'VARCHAR', value },
  at,
});

export const call = (name: string, of: Expression[], at?: number): Expression => ({
  class: 'FUNCTION',
  of,
  name,
  operator: signs.has(name),
  at,
});

export const compare = (type: string, left: Expression, right: Expression): Expression => ({
  class: 'COMPARISON',
  type,
  of: [left, right],
});
