import { malformed, refuse } from '../../refusals.ts';
import { type Column, checkWidth, filled, type Input, indicator, isMissing, scaled } from './columns.ts';
import { oneHot, ordinal } from './encoders.ts';
import { type Archive, attribute, isKind, numbersAt, option, type Value, valuesOf } from './nodes.ts';

/** One fitted step: the columns that go in, the columns that come out. */
export type Transformer = (archive: Archive, node: unknown, columns: Column[], inputs: Input[]) => Column[];

const refusedOption = (what: string) =>
  refuse('unsupported_model', `${what} is not supported.`, 'Train the pipeline without that option.');

/** What each step does, by the name of its class in scikit-learn. */
export const transformers: ReadonlyMap<string, Transformer> = new Map<string, Transformer>([
  ['StandardScaler', standardScaler],
  ['MinMaxScaler', minMaxScaler],
  ['MaxAbsScaler', maxAbsScaler],
  ['RobustScaler', robustScaler],
  ['SimpleImputer', simpleImputer],
  ['OneHotEncoder', oneHot],
  ['OrdinalEncoder', ordinal],
  ['FunctionTransformer', functionTransformer],
]);

/** One number per column; an attribute that is None does nothing. */
function perColumn(
  archive: Archive,
  node: unknown,
  name: string,
  width: number,
): (column: number) => number | undefined {
  const array = attribute(node, name);
  if (array === undefined || isKind(array, 'JsonNode')) return () => undefined;
  const { values } = numbersAt(archive, array, name);
  if (values.length !== width) throw malformed('A step was fitted on another number of columns.', name);
  return (column) => values[column];
}

function standardScaler(archive: Archive, node: unknown, columns: Column[], inputs: Input[]): Column[] {
  const used = (flag: string, name: string) =>
    option(archive, node, flag) === true ? perColumn(archive, node, name, columns.length) : () => undefined;
  const mean = used('with_mean', 'mean_');
  const scale = used('with_std', 'scale_');
  return columns.map((column, i) => scaled(column, { subtract: mean(i), divide: scale(i) }, inputs));
}

function minMaxScaler(archive: Archive, node: unknown, columns: Column[], inputs: Input[]): Column[] {
  if (option(archive, node, 'clip') === true) throw refusedOption('A MinMaxScaler with clip=True');
  const scale = perColumn(archive, node, 'scale_', columns.length);
  const least = perColumn(archive, node, 'min_', columns.length);
  return columns.map((column, i) => scaled(column, { multiply: scale(i), add: least(i) }, inputs));
}

function maxAbsScaler(archive: Archive, node: unknown, columns: Column[], inputs: Input[]): Column[] {
  if (option(archive, node, 'clip') === true) throw refusedOption('A MaxAbsScaler with clip=True');
  const scale = perColumn(archive, node, 'scale_', columns.length);
  return columns.map((column, i) => scaled(column, { divide: scale(i) }, inputs));
}

function robustScaler(archive: Archive, node: unknown, columns: Column[], inputs: Input[]): Column[] {
  const used = (flag: string, name: string) =>
    option(archive, node, flag) === true ? perColumn(archive, node, name, columns.length) : () => undefined;
  const center = used('with_centering', 'center_');
  const scale = used('with_scaling', 'scale_');
  return columns.map((column, i) => scaled(column, { subtract: center(i), divide: scale(i) }, inputs));
}

/** Columns that had no value at all in training are left out, unless they are kept. */
function simpleImputer(archive: Archive, node: unknown, columns: Column[]): Column[] {
  if (!isMissing(option(archive, node, 'missing_values')))
    throw refusedOption('A SimpleImputer with missing_values other than NaN');
  const statistics = valuesOf(archive, attribute(node, 'statistics_'), 'statistics_');
  if (statistics.length !== columns.length)
    throw malformed('A step was fitted on another number of columns.', 'statistics_');
  const keeps = option(archive, node, 'keep_empty_features') === true;
  const kept = columns.flatMap((column, i) => {
    const value = statistics[i] as Value;
    if (!isMissing(value)) return [filled(column, value)];
    return keeps ? [column] : [];
  });
  if (option(archive, node, 'add_indicator') !== true) return kept;
  const { values } = numbersAt(archive, attribute(attribute(node, 'indicator_'), 'features_'), 'features_');
  const marks = Array.from(values, (index) => {
    const column = columns[index];
    if (!column) throw malformed('An indicator marks a column that does not exist.', 'features_');
    return indicator(column);
  });
  return checkWidth([...kept, ...marks]);
}

function functionTransformer(archive: Archive, node: unknown, columns: Column[]): Column[] {
  const func = attribute(node, 'func');
  if (!isKind(func, 'JsonNode') || option(archive, node, 'func') !== null)
    throw refuse(
      'unsupported_model',
      'A FunctionTransformer that calls a function is not supported: functions are never run.',
      'Train the pipeline without it.',
    );
  return columns;
}
