import type { Linear, Output } from '../../ir.ts';
import { malformed } from '../../refusals.ts';
import { checkColumns, classification, type Estimated, regression, type Source } from './estimator.ts';
import { attribute, isKind, labelsOf, numbersAt, option, scalarOf, versionOf } from './nodes.ts';

/** LinearRegression, Ridge, Lasso, ElasticNet: one row of weights per target. */
export function linearRegressor(source: Source): Estimated {
  const { core, outputs } = weightsOf(source);
  return estimated(source, core, regression('identity', outputs), '');
}

export function logisticRegression(source: Source): Estimated {
  const { archive, node } = source;
  const classes = labelsOf(archive, attribute(node, 'classes_'), 'classes_');
  const { core, outputs } = weightsOf(source);
  if (outputs !== (classes.length === 2 ? 1 : classes.length))
    throw malformed('There are more or fewer weights than classes.', 'coef_');
  const strategy = option(archive, node, 'multi_class') ?? 'auto';
  const isBinary = classes.length === 2;
  const apart = strategy === 'ovr' || (strategy !== 'multinomial' && (isBinary || isOneByOne(source)));
  const output = classification(classes, 'logistic', apart ? 'logistic' : 'softmax');
  return estimated(source, core, { ...output, ...adjusted(apart, classes.length) }, 'log_loss');
}

/** Solvers that learn each class against all others. */
function isOneByOne({ archive, node }: Source): boolean {
  const solver = option(archive, node, 'solver');
  const version = versionOf(archive, node);
  return solver === 'liblinear' || (solver === 'newton-cholesky' && version > 0 && version < 106);
}

function adjusted(apart: boolean, classes: number): Partial<Output> {
  // A softmax over −d and d is a logistic of 2 · d.
  if (classes === 2) return apart ? {} : { scale: 2 };
  // Each class against all others: the probabilities are divided by their sum, as with priors that change nothing.
  const same = Array.from({ length: classes }, () => 1);
  return apart ? { priors: { prior: same, model: same } } : {};
}

function estimated(source: Source, core: Linear, output: Output, objective: string): Estimated {
  return { objective, core, output, columns: source.columns, missing: false };
}

function weightsOf({ archive, node, columns }: Source): { core: Linear; outputs: number } {
  const { shape, values } = numbersAt(archive, attribute(node, 'coef_'), 'coef_');
  const outputs = shape.length === 2 ? (shape[0] as number) : 1;
  if (shape.length > 2 || outputs === 0) throw malformed('The weights have the wrong shape.', 'coef_');
  const width = values.length / outputs;
  checkColumns(width, columns.length);
  const weights = new Float64Array(values.length);
  for (let k = 0; k < outputs; k++)
    for (let column = 0; column < width; column++)
      weights[column * outputs + k] = values[k * width + column] as number;
  const bias = interceptOf({ archive, node }, outputs);
  const base = new Float64Array(outputs);
  return { core: { type: 'linear', compare: 'f64', weights, bias, base }, outputs };
}

/** One number for all outputs, or one per output. */
function interceptOf({ archive, node }: Pick<Source, 'archive' | 'node'>, outputs: number): Float64Array {
  const intercept = attribute(node, 'intercept_');
  const values = isKind(intercept, 'JsonNode')
    ? Float64Array.of(Number(scalarOf(archive, intercept, 'intercept_')))
    : numbersAt(archive, intercept, 'intercept_').values;
  if (values.length !== 1 && values.length !== outputs)
    throw malformed('There are more or fewer intercepts than outputs.', 'intercept_');
  const each = Float64Array.from(
    { length: outputs },
    (_, k) => values[values.length === 1 ? 0 : k] as number,
  );
  if (!each.every(Number.isFinite)) throw malformed('An intercept is no finite number.', 'intercept_');
  return each;
}
