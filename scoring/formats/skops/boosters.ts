import { parseUbj } from '../../bytes/ubj.ts';
import type { Ir } from '../../ir.ts';
import { malformed, refuse } from '../../refusals.ts';
import { field, textOf } from '../fields.ts';
import { readLightgbm } from '../lightgbm/model.ts';
import { readXgboost } from '../xgboost/model.ts';
import { isMissing } from './columns.ts';
import { checkColumns, type Estimated, type Source } from './estimator.ts';
import { attribute, isKind, labelsOf, option } from './nodes.ts';

/** LGBMClassifier, LGBMRegressor: the booster is the text that LightGBM saves. */
export function lightgbmModel(source: Source): Estimated {
  const { archive, node, options } = source;
  const booster = attribute(node, '_Booster');
  const text = option(archive, booster, '_handle') ?? option(archive, booster, 'handle');
  if (typeof text !== 'string') throw malformed('The text of the LightGBM model is missing.', '_Booster');
  const ir = readLightgbm(new TextEncoder().encode(text), { values: options.values });
  checkStop(ir, option(archive, booster, 'best_iteration'));
  const labels = attribute(node, '_classes');
  const hasLabels = labels !== undefined && !isKind(labels, 'JsonNode');
  const classes = hasLabels ? labelsOf(archive, labels, '_classes') : [];
  if (classes.length !== ir.output.classes.length)
    throw refuse(
      'unsupported_model',
      'A LightGBM classifier with an objective of its own is not supported.',
      'Train with a built-in objective.',
      '_classes',
    );
  return inner(source, { ...ir, output: { ...ir.output, classes } }, []);
}

/** After early stopping LightGBM keeps the best trees only; should others be there, which ones count is not certain. */
function checkStop(ir: Ir, best: unknown): void {
  if (typeof best !== 'number' || best <= 0 || ir.core.type !== 'trees') return;
  if (best * ir.core.base.length < ir.core.root.length)
    throw refuse(
      'unsupported_model',
      'The LightGBM model holds trees beyond its best iteration.',
      'Upload the file written by booster_.save_model("model.txt", num_iteration=best_iteration_).',
      'best_iteration',
    );
}

/** XGBClassifier, XGBRegressor: the booster's bytes are UBJSON, the model beside its settings. */
export function xgboostModel(source: Source): Estimated {
  const { archive, node, options } = source;
  if (!isMissing(option(archive, node, 'missing')))
    throw refuse(
      'unsupported_model',
      'An XGBoost model for which a number stands for missing values is not supported.',
      'Train it with missing=NaN.',
      'missing',
    );
  const handle = attribute(attribute(node, '_Booster'), 'handle');
  if (!isKind(handle, 'BytearrayNode', 'BytesNode')) throw malformed('The booster is missing.', '_Booster');
  const bytes = archive.file(textOf(field(handle, 'file'), '_Booster'));
  if (bytes[0] !== 0x7b)
    throw refuse(
      'unsupported_model',
      'The XGBoost model inside was saved by a version that is too old.',
      'Upload the file written by booster.save_model("model.json").',
      '_Booster',
    );
  const { ir, notes } = readXgboost(field(parseUbj(bytes), 'Model'), options);
  return inner(source, ir, notes);
}

function inner(source: Source, ir: Ir, notes: string[]): Estimated {
  const { columns } = source;
  if (source.isAlone) return { ...told(ir), columns, notes, features: ir.features };
  checkColumns(ir.features.length, columns.length);
  if (ir.features.some((feature) => feature.levels))
    throw refuse(
      'unsupported_model',
      'Categories of a booster that stands at the end of a pipeline are not supported.',
      'Encode the categories in the pipeline, or register the booster alone.',
    );
  return { ...told(ir), columns, notes };
}

const told = ({ objective, core, output }: Ir) => ({ objective, core, output, missing: true });
