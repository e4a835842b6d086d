/** TreeEnsembleRegressor and TreeEnsemble, with the rules of ONNX Runtime where the definition is silent. */
import { caps } from '../../../caps.ts';
import { malformed } from '../../../refusals.ts';
import { tensorAttribute, textAttribute, wholeAttribute } from '../attributes.ts';
import { branchesOf } from '../branches.ts';
import { type Call, type Lower, numeric } from '../call.ts';
import { newestBranchesOf } from '../newestBranches.ts';
import type { Value } from '../value.ts';
import {
  type Aggregate,
  aggregates,
  baseOf,
  checkPrecision,
  type Plan,
  plainIf,
  summed,
  tooPrecise,
} from './ensembles.ts';
import { ambiguous, type Transform, transformed, transformOf } from './scores.ts';

export const regressor: Lower = (call) => {
  const { node } = call;
  const outputs = wholeAttribute(node, 'n_targets', 1);
  const name = textAttribute(node, 'aggregate_function', 'SUM');
  const aggregate = aggregates.find((known) => known === name);
  if (!aggregate) throw malformed('The trees are put together in an unknown way.', node.at);
  checkPrecision(call, 'target');
  const branches = branchesOf(node, 'target');
  return regression(call, { branches, outputs, base: baseOf(node), aggregate }, transformOf(node));
};

const newestAggregates: readonly Aggregate[] = ['AVERAGE', 'SUM', 'MIN', 'MAX'];
const newestTransforms: readonly Transform[] = ['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT'];

/** TreeEnsemble of version 5 of ai.onnx.ml: always sums, never classes. */
export const newestEnsemble: Lower = (call) => {
  const { node } = call;
  const aggregate = newestAggregates[wholeAttribute(node, 'aggregate_function', 1)];
  const transform = newestTransforms[wholeAttribute(node, 'post_transform', 0)];
  if (!aggregate || !transform) throw malformed('The trees are put together in an unknown way.', node.at);
  // The definition numbers these two one way and ONNX Runtime the other.
  if (transform === 'SOFTMAX' || transform === 'LOGISTIC')
    throw ambiguous(`the transformation ${transform}`, node);
  const double = tensorAttribute(node, 'nodes_splits')?.type === 'double';
  if (double && numeric(call).type !== 'double') throw tooPrecise(node);
  const outputs = wholeAttribute(node, 'n_targets', 1);
  const branches = newestBranchesOf(node);
  return regression(call, { branches, outputs, base: new Float64Array(0), aggregate }, transform);
};

function regression(call: Call, plan: Plan, transform: Transform): Value[] {
  const { outputs, base } = plan;
  if (!(outputs >= 1 && outputs <= caps.outputs) || (base.length !== 0 && base.length !== outputs))
    throw malformed('The base values do not fit the targets.', call.node.at);
  const { scores, ensemble } = summed(call, plan);
  const untouched = transform === 'NONE' || (outputs === 1 && transform !== 'PROBIT');
  const link = untouched ? 'identity' : transform === 'LOGISTIC' ? 'logistic' : null;
  const value = transformed(call.graph, scores, transform);
  const plain = plainIf(ensemble, link);
  return [{ ...value, scores: plain && { classes: null, raw: false, apart: false, ensemble: plain } }];
}
