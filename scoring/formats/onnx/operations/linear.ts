import { floatsAttribute, wholeAttribute } from '../attributes.ts';
import { type Call, columnsOf, type Lower, numeric, wrongShape } from '../call.ts';
import type { Value } from '../value.ts';
import { single } from './preparation.ts';
import { ambiguous, both, classesOf, classified, transformed, transformOf } from './scores.ts';

/** Columns times coefficients, which lie target by target, plus intercepts. */
function linear(call: Call, targets: number): Value {
  const { node, graph } = call;
  const value = single(call, numeric(call));
  const columns = columnsOf(value, node);
  const coefficients = floatsAttribute(node, 'coefficients');
  const intercepts = floatsAttribute(node, 'intercepts');
  if (targets < 1 || coefficients.length !== targets * columns) throw wrongShape(node);
  if (intercepts.length !== targets && intercepts.length !== 0) throw wrongShape(node);
  const weights = new Float64Array(coefficients.length);
  for (let target = 0; target < targets; target++)
    for (let column = 0; column < columns; column++)
      weights[column * targets + target] = coefficients[target * columns + column] as number;
  const made = graph.make('product', 'single', [1, targets], {
    inputs: [value, graph.constant('single', [columns, targets], weights)],
    attributes: { rows: 1, inner: columns, columns: targets },
    work: targets * columns,
  });
  if (intercepts.length === 0) return made;
  const added = graph.constant('single', [1, targets], intercepts);
  return graph.make('add', 'single', [1, targets], { inputs: [made, added] });
}

export const linearRegressor: Lower = (call) => {
  const scores = linear(call, wholeAttribute(call.node, 'targets', 1));
  return [transformed(call.graph, scores, transformOf(call.node))];
};

/** One row of coefficients for two classes gives the score of the second: as it is, its sign decides. */
export const linearClassifier: Lower = (call) => {
  const { node, graph } = call;
  const classes = classesOf(node, 'classlabels_ints');
  const transform = transformOf(node);
  const targets = floatsAttribute(node, 'intercepts').length;
  const scores = linear(call, targets);
  if (targets === 1 && classes.length === 2) {
    if (transform === 'PROBIT') throw ambiguous('a probit of one score', node);
    const raw = transform !== 'LOGISTIC';
    const score = raw ? scores : graph.make('logistic', 'single', [1, 1], { inputs: [scores] });
    return classified(both(graph, score, 'rest'), { classes, raw, apart: false, ensemble: null });
  }
  if (targets !== classes.length) throw wrongShape(node);
  const raw = transform === 'NONE' || transform === 'PROBIT';
  const apart = !transform.startsWith('SOFTMAX');
  return classified(transformed(graph, scores, transform), { classes, raw, apart, ensemble: null });
};
