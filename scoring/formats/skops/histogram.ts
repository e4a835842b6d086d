import { caps } from '../../caps.ts';
import type { Forest } from '../../checks/forest.ts';
import { type RawTree, rawTree } from '../../checks/validate.ts';
import { nextUp } from '../../floats.ts';
import { nodeKind } from '../../ir.ts';
import { malformed, tooLarge } from '../../refusals.ts';
import { type Column, type Input, numberOf } from './columns.ts';
import { checkColumns, classification, type Estimated, regression, type Source } from './estimator.ts';
import {
  type Archive,
  arrayOf,
  attribute,
  classOf,
  isKind,
  itemsOf,
  labelsOf,
  numbersAt,
  option,
} from './nodes.ts';
import { columnTransformer, transform } from './pipeline.ts';
import { columnOf, finish, groveOf, inside } from './trees.ts';

/** HistGradientBoostingClassifier: the learning rate is in the leaves already. */
export function histogramClassifier(source: Source): Estimated {
  const { archive, node } = source;
  const classes = labelsOf(archive, attribute(node, 'classes_'), 'classes_');
  return { ...iterations(source), output: classification(classes, 'logistic', 'softmax') };
}

export function histogramRegressor(source: Source): Estimated {
  const loss = String(option(source.archive, source.node, 'loss'));
  return {
    ...iterations(source),
    output: regression(loss === 'poisson' || loss === 'gamma' ? 'exp' : 'identity'),
  };
}

function iterations(source: Source) {
  const { archive, node, inputs } = source;
  checkColumns(option(archive, node, 'n_features_in_') ?? source.columns.length, source.columns.length);
  const sent = preprocessed(source);
  // Read as numbers first: a code without an encoder is one, and has no levels.
  const columns = sent.map((column) => numberOf(column, inputs));
  const base = numbersAt(archive, attribute(node, '_baseline_prediction'), '_baseline_prediction').values;
  if (base.length === 0)
    throw malformed('The value before the first tree is missing.', '_baseline_prediction');
  if (base.length > caps.outputs) throw tooLarge(`The model has more than ${caps.outputs} outputs.`);
  const known = knownCodes(archive, node, sent, inputs);
  const grove = groveOf(columns.length, base.length);
  for (const [i, iteration] of itemsOf(attribute(node, '_predictors'), '_predictors').entries()) {
    const trees = itemsOf(iteration, '_predictors');
    if (trees.length !== base.length)
      throw malformed('An iteration has more or fewer trees than outputs.', '_predictors');
    for (const [k, tree] of trees.entries()) {
      const at = `tree ${i}.${k}`;
      grove.add(readPredictor(archive, tree, known, grove, at), k, at);
    }
  }
  return {
    objective: String(option(archive, node, 'loss')),
    core: finish(grove, base, 'f64'),
    columns,
    missing: true,
  };
}

/** Since scikit-learn 1.4 a step of its own puts categories first and encodes them. */
function preprocessed({ archive, node, columns, inputs }: Source): Column[] {
  const step = attribute(node, '_preprocessor');
  if (step === undefined || isKind(step, 'JsonNode')) return columns;
  if (classOf(step) !== 'ColumnTransformer')
    throw malformed('The encoder of the categories is missing.', '_preprocessor');
  // Its function is a check of the numbers, which changes none.
  return columnTransformer(archive, step, columns, inputs, (file, part, own, all) =>
    classOf(part) === 'FunctionTransformer' ? own : transform(file, part, own, all),
  );
}

const mostCodes = 256;

/** Per column: undefined for a number; for a category 1 for each code that was seen in training. */
function knownCodes(
  archive: Archive,
  node: unknown,
  columns: Column[],
  inputs: Input[],
): (Uint8Array | undefined)[] {
  const mapper = attribute(node, '_bin_mapper');
  const { values: isCategory } = numbersAt(archive, attribute(mapper, 'is_categorical_'), 'is_categorical_');
  const bins = itemsOf(attribute(mapper, 'bin_thresholds_'), 'bin_thresholds_');
  if (isCategory.length !== columns.length || bins.length !== columns.length)
    throw malformed('The bins belong to another number of columns.', '_bin_mapper');
  return columns.map((column, i) => {
    if (isCategory[i] === 0) return undefined;
    if (column.kind === 'raw') (inputs[column.feature] as Input).kind = 'category';
    const known = new Uint8Array(mostCodes);
    for (const code of numbersAt(archive, bins[i], 'bin_thresholds_').values)
      known[inside(code, mostCodes, 'bin_thresholds_')] = 1;
    return known;
  });
}

function readPredictor(
  archive: Archive,
  tree: unknown,
  known: (Uint8Array | undefined)[],
  grove: Forest,
  at: string,
): RawTree {
  const nodes = arrayOf(archive, attribute(tree, 'nodes'), at);
  const size = nodes.count;
  if (size > caps.nodes) throw tooLarge(`The model has more than ${caps.nodes} nodes.`, at);
  if (size === 0) throw malformed('A tree has no nodes.', at);
  const column = (name: string) => columnOf(nodes, name, at);
  const feature = column('feature_idx');
  const isLeaf = column('is_leaf');
  const threshold = column('num_threshold');
  const toLeft = column('missing_go_to_left');
  const left = column('left');
  const right = column('right');
  const isCategory = column('is_categorical');
  const set = column('bitset_idx');
  const tableOf = leftSets(archive, tree, at);
  const raw = rawTree(size);
  raw.leaf.set(column('value'));
  raw.cover.set(column('count'));
  for (let node = 0; node < size; node++) {
    if (isLeaf[node] !== 0) continue;
    const index = inside(feature[node] as number, known.length, at);
    const missingRight = toLeft[node] === 0 ? 1 : 0;
    raw.feature[node] = index;
    raw.left[node] = inside(left[node] as number, size, at);
    raw.right[node] = inside(right[node] as number, size, at);
    raw.missingRight[node] = missingRight;
    if (isCategory[node] === 0) {
      raw.kind[node] = nodeKind.number;
      raw.threshold[node] = nextUp(threshold[node] as number);
    } else {
      raw.kind[node] = nodeKind.category;
      raw.table[node] = grove.addTable(tableOf(set[node] as number, known[index], missingRight));
    }
  }
  return raw;
}

/** A bit per code that goes left; other known codes go right, all others the way of missing ones. */
function leftSets(archive: Archive, tree: unknown, at: string) {
  const { values } = numbersAt(archive, attribute(tree, 'raw_left_cat_bitsets'), at);
  const words = mostCodes / 32;
  return (row: number, known: Uint8Array | undefined, missingRight: number): Uint8Array => {
    const start = inside(row, Math.floor(values.length / words), at) * words;
    if (!known) throw malformed('A split of categories uses a number.', at);
    const table = new Uint8Array(mostCodes + 2).fill(missingRight);
    for (let code = 0; code < mostCodes; code++) {
      const word = values[start + (code >>> 5)] as number;
      if (((word >>> (code & 31)) & 1) === 1) table[code] = 0;
      else if (known[code] === 1) table[code] = 1;
    }
    return table;
  };
}
