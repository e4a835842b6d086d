import { malformed, refuse } from '../../refusals.ts';
import { field, listOf } from '../fields.ts';
import { classification, type Estimated, regression, type Source } from './estimator.ts';
import {
  type Archive,
  attribute,
  classOf,
  isKind,
  itemsOf,
  labelsOf,
  numbersAt,
  option,
  versionOf,
} from './nodes.ts';
import { finish, groveOf, readTree, withLeaves } from './trees.ts';

/** GradientBoostingClassifier: log-odds, or half of them for the exponential loss. */
export function boostingClassifier(source: Source): Estimated {
  const { archive, node } = source;
  const classes = labelsOf(archive, attribute(node, 'classes_'), 'classes_');
  const loss = String(option(archive, node, 'loss'));
  if (!['log_loss', 'deviance', 'exponential'].includes(loss))
    throw malformed('The loss is unknown.', 'loss');
  const output = { ...classification(classes, 'logistic', 'softmax'), scale: loss === 'exponential' ? 2 : 1 };
  const base = firstLogOdds(source, classes.length, loss === 'exponential' ? 0.5 : 1);
  return { ...stages(source, base), objective: loss, output };
}

export function boostingRegressor(source: Source): Estimated {
  const loss = String(option(source.archive, source.node, 'loss'));
  return { ...stages(source, firstValue(source)), objective: loss, output: regression() };
}

/** The trees of each stage, one per output; a leaf adds the learning rate times its value. */
function stages({ archive, node, columns }: Source, base: Float64Array) {
  const rate = option(archive, node, 'learning_rate');
  if (typeof rate !== 'number' || !Number.isFinite(rate)) throw malformed('The learning rate is no number.');
  const grove = groveOf(columns.length, base.length);
  for (const [i, stage] of stagesOf(node).entries()) {
    const trees = itemsOf(stage, 'estimators_');
    if (trees.length !== base.length)
      throw malformed('A stage has more or fewer trees than outputs.', 'estimators_');
    for (const [k, tree] of trees.entries()) {
      const at = `tree ${i}.${k}`;
      const { raw, values, outputs, classes } = readTree(archive, tree, columns.length, at);
      if (outputs !== 1 || classes !== 1) throw malformed('A tree has other targets than its model.', at);
      grove.add(
        withLeaves(raw, (leaf) => rate * (values[leaf] as number)),
        k,
        at,
      );
    }
  }
  // GradientBoosting* refuses missing values in every version.
  return { core: finish(grove, base), columns, missing: false };
}

/** An array of objects: a list per stage. */
function stagesOf(node: unknown): unknown[] {
  const array = attribute(node, 'estimators_');
  if (isKind(array, 'NdArrayNode') && field(array, 'type') === 'json')
    return listOf(field(array, 'content'), 'estimators_');
  throw malformed('The trees are missing.', 'estimators_');
}

/** What stands before the first tree: nothing, or what a dummy learned of the classes. */
function firstLogOdds({ archive, node }: Source, classes: number, factor: number): Float64Array {
  const outputs = classes === 2 ? 1 : classes;
  if (startsAtZero(archive, node)) return new Float64Array(outputs);
  const dummy = dummyOf(node, 'DummyClassifier');
  if (option(archive, dummy, 'strategy') !== 'prior') throw otherStart();
  const { values } = numbersAt(archive, attribute(dummy, 'class_prior_'), 'class_prior_');
  // Closer to 0 or 1 scikit-learn cuts them off, each version at another place.
  const least = 2 ** -23;
  if (values.length !== classes || values.some((p) => !(p >= least && p <= 1 - least)))
    throw malformed('The shares of the classes are none.', 'class_prior_');
  if (classes === 2) {
    const p1 = values[1] as number;
    return Float64Array.of(factor * Math.log(p1 / (1 - p1)));
  }
  const version = versionOf(archive, node);
  if (version !== 0 && version < 104) return values.map(Math.log);
  const mean = Math.exp(values.reduce((sum, p) => sum + Math.log(p), 0) / classes);
  return values.map((p) => Math.log(p / mean));
}

function firstValue({ archive, node }: Source): Float64Array {
  if (startsAtZero(archive, node)) return new Float64Array(1);
  const { values } = numbersAt(archive, attribute(dummyOf(node, 'DummyRegressor'), 'constant_'), 'constant_');
  if (values.length !== 1) throw malformed('The value before the first tree is missing.', 'constant_');
  return values;
}

function startsAtZero(archive: Archive, node: unknown): boolean {
  const init = attribute(node, 'init');
  return isKind(init, 'JsonNode') && option(archive, node, 'init') === 'zero';
}

function dummyOf(node: unknown, name: string): unknown {
  const start = attribute(node, 'init_');
  if (classOf(start) !== name) throw otherStart();
  return start;
}

const otherStart = () =>
  refuse(
    'unsupported_model',
    'Gradient boosting that starts from another estimator is not supported.',
    "Train with init=None or init='zero'.",
    'init_',
  );
