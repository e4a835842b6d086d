import type { Slot } from '../../ir.ts';
import { malformed, refuse } from '../../refusals.ts';
import { type Column, categoryOf, checkWidth, type Input, isMissing } from './columns.ts';
import { type Archive, attribute, isKind, itemsOf, option, scalarOf, type Value, valuesOf } from './nodes.ts';

/** The categories of each column, in the order of their codes. */
function categoriesOf(archive: Archive, node: unknown, columns: Column[]): Value[][] {
  refuseInfrequent(archive, node);
  const lists = itemsOf(attribute(node, 'categories_'), 'categories_');
  if (lists.length !== columns.length)
    throw malformed('A step was fitted on another number of columns.', 'categories_');
  return lists.map((list) => valuesOf(archive, list, 'categories_'));
}

function refuseInfrequent(archive: Archive, node: unknown): void {
  if (option(archive, node, '_infrequent_enabled') !== true) return;
  const groups = attribute(node, '_infrequent_indices');
  // A list with None for a column that has no infrequent category.
  if (
    groups === undefined ||
    itemsOf(groups, '_infrequent_indices').some((group) => !isKind(group, 'JsonNode'))
  )
    throw refuse(
      'unsupported_model',
      'An encoder that groups infrequent categories is not supported.',
      'Train the encoder without min_frequency and max_categories.',
    );
}

/**
 * Where a missing value ends: its own category, or the one of the value that is filled in; −1 is none. An empty text
 * is read as missing, so its category is the one of missing values if there is no other.
 */
function missingIndex(categories: readonly Value[], column: Extract<Column, { kind: 'raw' }>): number {
  const { fill } = column;
  if (!isMissing(fill)) return categories.indexOf(fill ?? null);
  const own = categories.findIndex(isMissing);
  return own >= 0 ? own : categories.indexOf('');
}

/** Codes of the levels: categories without the missing one. */
function levelsOf(categories: readonly Value[]): number[] {
  return categories.flatMap((value, index) => (isMissing(value) ? [] : [index]));
}

export function oneHot(archive: Archive, node: unknown, columns: Column[], inputs: Input[]): Column[] {
  const ignores = option(archive, node, 'handle_unknown') !== 'error';
  const dropped = droppedBy(archive, node, columns.length);
  const encoded: Column[] = [];
  for (const [i, categories] of categoriesOf(archive, node, columns).entries()) {
    const column = categoryOf(columns[i] as Column, categories, inputs);
    const missing = missingIndex(categories, column);
    if (missing < 0 && !ignores) require(inputs, column.feature);
    for (const [index, slot] of hotSlots(categories, column.feature, missing).entries())
      if (index !== dropped(i)) encoded.push(slot);
    checkWidth(encoded);
  }
  return encoded;
}

/** One column per category; the missing one is no level and has no code. */
function hotSlots(categories: readonly Value[], feature: number, missing: number): Slot[] {
  let code = 0;
  return categories.map((value, index): Slot => {
    const ifMissing = index === missing ? 1 : 0;
    if (isMissing(value)) return { kind: 'lookup', feature, values: [], other: 0, missing: ifMissing };
    return { kind: 'hot', feature, code: code++, hot: 1, cold: 0, missing: ifMissing };
  });
}

function require(inputs: Input[], feature: number): void {
  (inputs[feature] as Input).required = true;
}

/** Which category of a column has no column of its own. */
function droppedBy(archive: Archive, node: unknown, width: number): (column: number) => Value | undefined {
  const array = attribute(node, '_drop_idx_after_grouping') ?? attribute(node, 'drop_idx_');
  if (array === undefined || (isKind(array, 'JsonNode') && scalarOf(archive, array, 'drop_idx_') === null))
    return () => undefined;
  const values = valuesOf(archive, array, 'drop_idx_');
  if (values.length !== width)
    throw malformed('A step was fitted on another number of columns.', 'drop_idx_');
  return (column) => values[column];
}

export function ordinal(archive: Archive, node: unknown, columns: Column[], inputs: Input[]): Column[] {
  const encodes = option(archive, node, 'handle_unknown') === 'use_encoded_value';
  const unknown = encodes ? codeOf(archive, node, 'unknown_value') : Number.NaN;
  const missingCode = codeOf(archive, node, 'encoded_missing_value');
  return categoriesOf(archive, node, columns).map((categories, i): Column => {
    const sent = columns[i] as Column;
    const codeAt = (index: number) =>
      index < 0 ? unknown : isMissing(categories[index]) ? missingCode : index;
    if (sent.kind === 'lookup' && encodes) return recoded(sent, categories, codeAt);
    const column = categoryOf(sent, categories, inputs);
    const index = missingIndex(categories, column);
    if (index < 0 && !encodes) require(inputs, column.feature);
    const { feature } = column;
    return { kind: 'lookup', feature, values: levelsOf(categories), other: unknown, missing: codeAt(index) };
  });
}

/** Codes of an encoder before this one are its categories. */
function recoded(slot: Lookup, categories: readonly Value[], codeAt: (index: number) => number): Lookup {
  const places = new Map(categories.map((value, index) => [isMissing(value) ? Number.NaN : value, index]));
  const through = (value: number) => codeAt(places.get(value) ?? -1);
  return {
    ...slot,
    values: slot.values.map(through),
    other: through(slot.other),
    missing: through(slot.missing),
  };
}

type Lookup = Extract<Slot, { kind: 'lookup' }>;

/** A code that stands for something: a number, or NaN. */
function codeOf(archive: Archive, node: unknown, name: string): number {
  const value = option(archive, node, name) ?? Number.NaN;
  if (typeof value === 'number' && Math.abs(value) !== Number.POSITIVE_INFINITY) return value;
  throw malformed('An encoder holds a code that is no number.', name);
}
