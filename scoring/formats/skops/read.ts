import type { Directory } from '../../bytes/directory.ts';
import type { Capability, Core, Ir } from '../../ir.ts';
import { capabilityOf } from '../capability.ts';
import { checkFeatures } from '../features.ts';
import { lightgbmModel, xgboostModel } from './boosters.ts';
import { boostingClassifier, boostingRegressor } from './boosting.ts';
import type { Column } from './columns.ts';
import type { Estimated, SkopsOptions, Source } from './estimator.ts';
import { histogramClassifier, histogramRegressor } from './histogram.ts';
import { linearRegressor, logisticRegression } from './linear.ts';
import { classOf, openArchive, packageOf } from './nodes.ts';
import { inputsOf, refuseUnknown, transform, unrolled } from './pipeline.ts';
import { settled } from './settle.ts';
import { forestClassifier, forestRegressor, treeClassifier, treeRegressor } from './trees.ts';

const estimators = new Map<string, (source: Source) => Estimated>([
  ['sklearn.LogisticRegression', logisticRegression],
  ['sklearn.LinearRegression', linearRegressor],
  ['sklearn.Ridge', linearRegressor],
  ['sklearn.Lasso', linearRegressor],
  ['sklearn.ElasticNet', linearRegressor],
  ['sklearn.DecisionTreeClassifier', treeClassifier],
  ['sklearn.DecisionTreeRegressor', treeRegressor],
  ['sklearn.ExtraTreeClassifier', treeClassifier],
  ['sklearn.ExtraTreeRegressor', treeRegressor],
  ['sklearn.RandomForestClassifier', forestClassifier],
  ['sklearn.RandomForestRegressor', forestRegressor],
  ['sklearn.ExtraTreesClassifier', forestClassifier],
  ['sklearn.ExtraTreesRegressor', forestRegressor],
  ['sklearn.GradientBoostingClassifier', boostingClassifier],
  ['sklearn.GradientBoostingRegressor', boostingRegressor],
  ['sklearn.HistGradientBoostingClassifier', histogramClassifier],
  ['sklearn.HistGradientBoostingRegressor', histogramRegressor],
  ['lightgbm.LGBMClassifier', lightgbmModel],
  ['lightgbm.LGBMRegressor', lightgbmModel],
  ['xgboost.XGBClassifier', xgboostModel],
  ['xgboost.XGBRegressor', xgboostModel],
]);

/**
 * A model saved by skops, protocols 0 to 2: a pipeline of known steps that ends in a known estimator. Throws a
 * refusal that names every step which is not supported.
 */
export function readSkops(directory: Directory, options: SkopsOptions): { ir: Ir; notes: string[] } {
  const archive = openArchive(directory);
  refuseUnknown(archive.root, new Set(estimators.keys()));
  const { steps, estimator: node } = unrolled(archive.root);
  const isAlone = steps.length === 0;
  // A booster tells its own features.
  const inputs = isAlone && packageOf(node) !== 'sklearn' ? [] : inputsOf(archive, archive.root);
  const sent = inputs.map((_, feature): Column => ({ kind: 'raw', feature }));
  const columns = steps.reduce<Column[]>((through, step) => transform(archive, step, through, inputs), sent);
  const name = classOf(node);
  const read = estimators.get(`${packageOf(node)}.${name}`) as (source: Source) => Estimated;
  const estimated = read({ archive, node, columns, inputs, options, isAlone });
  const { features, encoding, core, notes } = settled(estimated, inputs, isAlone);
  const ir: Ir = {
    format: 'skops',
    formatVersion: archive.version,
    algo: name,
    objective: estimated.objective,
    features: checkFeatures(features),
    encoding,
    core,
    output: estimated.output,
    contributions: capability(estimated, core),
  };
  return { ir, notes: [...(estimated.notes ?? []), ...notes] };
}

/** Contributions of a forest are means over its trees, as its answers are. */
function capability({ output, averaged }: Estimated, core: Core): Capability {
  const able = capabilityOf(output, core);
  return able.available && averaged ? { available: true, rescale: { trees: averaged, from: null } } : able;
}
