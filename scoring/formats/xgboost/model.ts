import { caps } from '../../caps.ts';
import { type Ir, type Output, outputsOf } from '../../ir.ts';
import { malformed, refuse, shown, tooLarge } from '../../refusals.ts';
import { capabilityOf } from '../capability.ts';
import { checkFeatureCount, type Values } from '../features.ts';
import { countIn, field, listOf, numberIn, textOf } from '../fields.ts';
import { readLinear, readTrees, type Shape, treesIn, treesToUse } from './booster.ts';
import { featuresOf } from './features.ts';
import { baseMargin, objectiveOf } from './objectives.ts';

export type XgboostOptions = { values?: Values; trees?: 'best' | 'all' };

/** An XGBoost model document, once decoded the same whether it came as JSON or as anything else. */
export function readXgboost(document: unknown, options: XgboostOptions): { ir: Ir; notes: string[] } {
  const learner = field(document, 'learner');
  if (typeof learner !== 'object' || learner === null) throw notXgboost(document);
  const version = versionOf(field(document, 'version'));
  const name = textOf(field(field(learner, 'objective'), 'name'), 'learner.objective.name');
  const objective = objectiveOf(name);
  const parameters = field(learner, 'learner_model_param');
  const output = outputOf(objective, parameters);
  const outputs = outputsOf(output);
  const features = checkFeatureCount(countIn(field(parameters, 'num_feature'), 'num_feature'));
  const scores = scoresOf(field(parameters, 'base_score'), outputs);
  const shape: Shape = {
    features,
    outputs,
    // Before version 1 the score was saved as the margin that it makes.
    base: scores.map((score) => (version.major < 1 ? Math.fround(score) : baseMargin(score, objective))),
    baseLast: version.major < 1 || (version.major === 1 && version.minor <= 2),
  };
  const booster = readBooster(learner, shape, options.trees === 'all');
  const ir: Ir = {
    format: 'xgboost',
    formatVersion: version.text,
    algo: 'XGBoost',
    objective: name,
    features: featuresOf(learner, booster.model, features, options.values),
    encoding: null,
    output,
    core: booster.core,
    contributions: capabilityOf(output, booster.core),
  };
  return { ir, notes: booster.notes };
}

function readBooster(learner: unknown, shape: Shape, all: boolean) {
  const booster = field(learner, 'gradient_booster');
  const name = textOf(field(booster, 'name'), 'learner.gradient_booster.name');
  if (name === 'gblinear') {
    const model = field(booster, 'model');
    return { model, core: readLinear(model, shape), notes: [] };
  }
  if (name !== 'gbtree' && name !== 'dart')
    throw refuse(
      'unsupported_model',
      `The XGBoost booster ${shown(name)} is not supported.`,
      'Train with gbtree, dart or gblinear.',
    );
  const model = field(field(booster, 'gbtree'), 'model') ?? field(booster, 'model');
  const drop = field(booster, 'weight_drop') ?? field(model, 'weight_drop');
  const total = treesIn(model).length;
  const used = all ? total : treesToUse(learner, model, shape.outputs);
  const notes = used < total ? [`The best iteration uses ${used} of ${total} trees.`] : [];
  return { model, core: readTrees(model, drop, used, shape), notes };
}

function versionOf(value: unknown): { major: number; minor: number; text: string } {
  const parts = listOf(value, 'version').map((part) => countIn(part, 'version'));
  const [major = 0, minor = 0] = parts;
  if (parts.length !== 3) throw malformed('The version is not three numbers.', 'version');
  if (major <= 3) return { major, minor, text: parts.join('.') };
  throw refuse(
    'unsupported_model',
    'The model was saved by a newer XGBoost than this version knows.',
    'Save it with XGBoost 3 or earlier.',
    'version',
  );
}

function outputOf(objective: ReturnType<typeof objectiveOf>, parameters: unknown): Output {
  const classes = countIn(field(parameters, 'num_class') ?? 0, 'num_class');
  const targets = Math.max(1, countIn(field(parameters, 'num_target') ?? 1, 'num_target'));
  if (classes > caps.outputs || targets > caps.outputs)
    throw tooLarge(`The model has more than ${caps.outputs} outputs.`);
  const isMultinomial = objective.kind === 'multinomial';
  if (isMultinomial !== classes > 1 || (isMultinomial && targets > 1))
    throw malformed('The number of classes does not fit the objective.', 'learner.learner_model_param');
  const names = isMultinomial ? classes : objective.kind === 'binomial' ? 2 : 0;
  return {
    kind: objective.kind,
    classes: Array.from({ length: names }, (_, i) => String(i)),
    link: objective.link,
    scale: 1,
    targets,
    divisor: 1,
  };
}

/** One score for all outputs, or a list of one per output. */
function scoresOf(value: unknown, outputs: number): Float64Array {
  const at = 'learner.learner_model_param.base_score';
  const text = typeof value === 'number' ? String(value) : textOf(value, at);
  const parts = text.replace(/^\[(.*)\]$/, '$1').split(',', outputs + 1);
  const scores = parts.map((part) => numberIn(part, at));
  if (scores.length !== 1 && scores.length !== outputs)
    throw malformed('There are more or fewer base scores than outputs.', at);
  return Float64Array.from({ length: outputs }, (_, i) => scores[scores.length === 1 ? 0 : i] as number);
}

function notXgboost(document: unknown) {
  if (field(document, 'tree_info') !== undefined)
    return refuse(
      'unsupported_format',
      "This is LightGBM's dump_model JSON, which does not hold the whole model.",
      'Upload the file written by booster.save_model("model.txt").',
    );
  if (field(document, 'oblivious_trees') !== undefined)
    return refuse(
      'unsupported_format',
      'This is a CatBoost model, which is not supported in its own formats.',
      'Upload the file written by save_model("model.onnx", format="onnx").',
    );
  if (field(document, 'Model') !== undefined)
    return refuse(
      'unsupported_format',
      'This is a snapshot of an XGBoost booster in memory, not a saved model.',
      'Upload the file written by booster.save_model("model.json").',
    );
  return refuse(
    'unsupported_format',
    'This file is not an XGBoost model.',
    'Upload the file written by booster.save_model("model.json").',
  );
}
