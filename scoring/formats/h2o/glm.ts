import { type Feature, type Linear, type Link, type Output, outputsOf, type Slot } from '../../ir.ts';
import { malformed, refuse, shown } from '../../refusals.ts';
import { capabilityOf } from '../capability.ts';
import { columnsOf } from './glmColumns.ts';
import type { Header } from './header.ts';
import { flagAt, nameAt, needWord, numberAt, numbersAt, wordAt } from './info.ts';
import { layoutOf, numberSlot } from './layout.ts';
import { offsetNote, withOffsetFeature } from './offset.ts';
import { binomialOutput, multinomialOutput, regressionOutput } from './outputs.ts';
import { cannotExplain, type Part } from './part.ts';

/**
 * A generalised linear model. H2O does not explain it; we do, exactly: coefficient times value, summed per column of
 * the request, and the intercept as bias.
 */
export function readGlm(header: Header): Part {
  const { info } = header;
  if ((numberAt(info, 'num_interactions') ?? 0) > 0 || wordAt(info, 'interactions') !== undefined)
    throw refuse(
      'unsupported_model',
      'H2O GLMs with interactions are not supported.',
      'Train without interactions, or multiply the columns before training.',
    );
  const family = nameAt(info, 'family') ?? needWord(info, 'family');
  const output = outputOf(header, family);
  const layout = layoutOf(header);
  const beta = numbersAt(info, 'beta') ?? new Float64Array(0);
  const outputs = outputsOf(output);
  const blocks = output.kind === 'multinomial' || output.kind === 'ordinal' ? output.classes.length : 1;
  if (beta.length !== (layout.width + 1) * blocks)
    throw malformed('The coefficients of the model are more or fewer than its columns.', 'beta');
  const { slots, weights } = columnsOf(header, layout, beta, outputs);
  const core: Linear = {
    type: 'linear',
    compare: 'f64',
    weights,
    bias: Float64Array.from({ length: outputs }, (_, i) => beta[(i + 1) * (layout.width + 1) - 1] as number),
    base: new Float64Array(outputs),
  };
  const features = flagAt(info, 'mean_imputation') ? header.features : header.features.map(required);
  const contributions = output.kind === 'ordinal' ? cannotExplain('ordinal') : capabilityOf(output, core);
  const part = { objective: family, features, encoding: slots, core, output, contributions, notes: [] };
  return header.offset === undefined ? part : withOffset(part, core, header);
}

/** Without imputation H2O has no answer to a row with a missing value. */
const required = (feature: Feature): Feature => ({ ...feature, required: true });

/** The offset is a column with coefficient 1. */
function withOffset(part: Part & { encoding: Slot[] }, core: Linear, { info, offset = '' }: Header): Part {
  if (flagAt(info, 'remove_offset_effects')) return part;
  const outputs = core.bias.length;
  const weights = new Float64Array(core.weights.length + outputs).fill(1);
  weights.set(core.weights);
  return {
    ...part,
    features: withOffsetFeature(part.features, offset),
    encoding: [...part.encoding, numberSlot(part.features.length, 0)],
    core: { ...core, weights },
    notes: [offsetNote(offset)],
  };
}

const links = new Map<string, Link>([
  ['identity', 'identity'],
  ['logit', 'logistic'],
  ['log', 'exp'],
  ['inverse', 'inverse'],
  ['tweedie', 'tweedie'],
]);

const twoClasses = new Set(['binomial', 'quasibinomial', 'fractionalbinomial']);

function outputOf(header: Header, family: string): Output {
  const { info, classes } = header;
  if (family === 'multinomial') {
    // GLM takes the first of equal probabilities.
    const { ties, ...output } = multinomialOutput(header, 'softmaxFromZero');
    return output;
  }
  if (family === 'ordinal')
    return { ...multinomialOutput(header, 'ordinal'), kind: 'ordinal', ties: undefined };
  const name = needWord(info, 'link');
  const link = links.get(name);
  if (!link)
    throw refuse(
      'unsupported_model',
      `The link function ${shown(name)} is not supported.`,
      'Train with the link identity, logit, log, inverse or tweedie.',
      'link',
    );
  if (twoClasses.has(family) && classes.length === 2) return binomialOutput(header, link);
  if (classes.length > 0) throw malformed('The classes of the model do not fit its family.', 'family');
  const output = regressionOutput(link);
  return link === 'tweedie' ? { ...output, power: numberAt(info, 'tweedie_link_power') ?? 0 } : output;
}
