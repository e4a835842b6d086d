import { caps } from '../../caps.ts';
import type { Feature, Slot } from '../../ir.ts';
import { malformed, refuse, shown, tooLarge } from '../../refusals.ts';
import type { Value } from './nodes.ts';

/** A column as it travels through a pipeline: still as it was sent, missing values filled in or not, or computed. */
export type Column = { kind: 'raw'; feature: number; fill?: Value } | Slot;

/** A feature of the model; its kind and levels show themselves on the way. */
export type Input = {
  name: string;
  kind?: Feature['kind'];
  levels?: string[];
  required: boolean;
  other?: boolean;
};

/** `(x − subtract) · multiply ÷ divide + add`; what is not given does nothing. */
export type Scaling = { subtract?: number; multiply?: number; divide?: number; add?: number };

export const isMissing = (value: Value | undefined): boolean =>
  value === undefined || value === null || Number.isNaN(value);

/** A plan of columns must not grow beyond what a model may have. */
export function checkWidth(columns: Column[]): Column[] {
  if (columns.length > caps.features) throw tooLarge(`The model has more than ${caps.features} columns.`);
  return columns;
}

const mixed = (input: Input) =>
  refuse(
    'unsupported_model',
    `The column ${shown(input.name)} is encoded in two ways, which is not supported.`,
    'Let each column be read by one encoder, or as a number.',
  );

/** The column as a number: a category cannot be one. */
export function numberOf(column: Column, inputs: Input[]): Slot {
  if (column.kind !== 'raw') return column;
  const input = inputs[column.feature] as Input;
  if (input.kind === 'category') throw mixed(input);
  input.kind = 'number';
  const missing = isMissing(column.fill) ? Number.NaN : Number(column.fill);
  if (typeof column.fill === 'string' || Math.abs(missing) === Number.POSITIVE_INFINITY)
    throw malformed('A text is filled in where the model needs a number.');
  return { kind: 'number', feature: column.feature, ...plain, missing };
}

const plain = { subtract: 0, multiply: 1, divide: 1, add: 0 };

/** The levels of a category, for whoever encodes it; the code of each value is its place among them. */
export function categoryOf(column: Column, values: readonly Value[], inputs: Input[]) {
  if (column.kind !== 'raw')
    throw refuse(
      'unsupported_model',
      'An encoder of categories follows another transformation, which is not supported.',
      'Encode categories first, or after a SimpleImputer only.',
    );
  const input = inputs[column.feature] as Input;
  const levels = values.filter((value) => !isMissing(value)).map(levelName);
  if (new Set(levels).size !== levels.length) throw malformed('Two categories have the same name.');
  const known = input.levels;
  const differs = known && (known.length !== levels.length || known.some((level, i) => level !== levels[i]));
  if (differs || input.kind === 'number') throw mixed(input);
  input.kind = 'category';
  input.levels = levels;
  return column;
}

function levelName(value: Value): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

/** The same arithmetic, step by step, on the values of a category and on what stands for a missing one. */
export function scaled(column: Column, scaling: Scaling, inputs: Input[]): Slot {
  const slot = numberOf(column, inputs);
  const { subtract = 0, multiply = 1, divide = 1, add = 0 } = scaling;
  if (![subtract, multiply, divide, add].every(Number.isFinite) || divide === 0)
    throw malformed('A scaler holds something that is no finite number.');
  const through = (x: number) => ((x - subtract) * multiply) / divide + add;
  const missing = through(slot.missing);
  if (slot.kind === 'hot') return { ...slot, hot: through(slot.hot), cold: through(slot.cold), missing };
  if (slot.kind === 'lookup')
    return { ...slot, values: slot.values.map(through), other: through(slot.other), missing };
  if (lastStep(slot) >= firstStep({ subtract, multiply, divide, add }))
    throw refuse(
      'unsupported_model',
      'One scaler follows another on the same column, which is not supported.',
      'Train the pipeline with one scaler per column.',
    );
  const merged = {
    subtract: subtract === 0 ? slot.subtract : subtract,
    multiply: multiply === 1 ? slot.multiply : multiply,
    divide: divide === 1 ? slot.divide : divide,
    add: add === 0 ? slot.add : add,
  };
  return { ...slot, ...merged, missing };
}

type Steps = Required<Scaling>;
const lastStep = ({ subtract, multiply, divide, add }: Steps): number =>
  add !== 0 ? 4 : divide !== 1 ? 3 : multiply !== 1 ? 2 : subtract !== 0 ? 1 : 0;
const firstStep = ({ subtract, multiply, divide, add }: Steps): number =>
  subtract !== 0 ? 1 : multiply !== 1 ? 2 : divide !== 1 ? 3 : add !== 0 ? 4 : 5;

/** What is missing becomes this value. */
export function filled(column: Column, value: Value): Column {
  if (column.kind === 'raw') return isMissing(column.fill) ? { ...column, fill: value } : column;
  const number = typeof value === 'boolean' ? Number(value) : value;
  if (typeof number !== 'number') throw malformed('A text is filled in where the model needs a number.');
  const fill = (x: number) => (Number.isNaN(x) ? number : x);
  const slot = { ...column, missing: fill(column.missing) };
  return slot.kind === 'lookup' ? { ...slot, values: slot.values.map(fill), other: fill(slot.other) } : slot;
}

/** 1 where the column is missing, else 0: whatever number or code is there is beyond an empty list. */
export function indicator(column: Column): Slot {
  const gone = (x: number) => (Number.isNaN(x) ? 1 : 0);
  const { feature } = column;
  if (column.kind === 'lookup')
    return {
      ...column,
      values: column.values.map(gone),
      other: gone(column.other),
      missing: gone(column.missing),
    };
  const missing = column.kind === 'raw' ? (isMissing(column.fill) ? 1 : 0) : gone(column.missing);
  return { kind: 'lookup', feature, values: [], other: 0, missing };
}

const isCode = (slot: Slot) =>
  slot.kind === 'lookup' &&
  slot.values.every((value, code) => value === code) &&
  Number.isNaN(slot.other) &&
  Number.isNaN(slot.missing);

const isPlain = (slot: Slot) =>
  slot.kind === 'number' && lastStep(slot) === 0 && slot.multiply === 1 && Number.isNaN(slot.missing);

/** Which feature each column is, if the columns are nothing but features: then no encoding is needed. */
export function featuresBehind(slots: readonly Slot[]): Int32Array | null {
  return slots.every((slot) => isPlain(slot) || isCode(slot))
    ? Int32Array.from(slots, (slot) => slot.feature)
    : null;
}
