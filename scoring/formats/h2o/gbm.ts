import type { Link, Output } from '../../ir.ts';
import { refuse, shown } from '../../refusals.ts';
import { capabilityOf } from '../capability.ts';
import { withCalibration } from './calibration.ts';
import { growTrees, treesPerGroup } from './grove.ts';
import type { Header } from './header.ts';
import { nameAt, numberAt, wordAt } from './info.ts';
import { offsetNote, withOffsetFeature, withOffsetTree } from './offset.ts';
import { binomialOutput, multinomialOutput, regressionOutput, withPriors } from './outputs.ts';
import { cannotExplain, type Part } from './part.ts';

/** Gradient boosting: the margin is the sum of the leaves and the first guess, which is added last. */
export function readGbm(header: Header): Part {
  const { info, features, classes, offset } = header;
  const distribution = nameAt(info, 'distribution') ?? 'gaussian';
  const link = linkOf(wordAt(info, 'link_function') ?? usualLinks.get(distribution) ?? 'identity');
  const isMultinomial = classes.length > 2;
  const first = isMultinomial ? 0 : (numberAt(info, 'init_f') ?? 0);
  const told = treesPerGroup(header);
  // Of two classes only the trees of the first count.
  const outputs = isMultinomial ? told : 1;
  const { trees } = growTrees(header, new Float64Array(outputs).fill(first));
  const output = withCalibration(withPriors(outputOf(header, distribution, link), header), header);
  const part = { objective: distribution, encoding: null, output };
  const contributions = capabilityOf(output, trees);
  if (offset === undefined) return { ...part, features, core: trees, contributions, notes: [] };
  return {
    ...part,
    features: withOffsetFeature(features, offset),
    core: withOffsetTree(trees, features.length, 'last'),
    contributions: cannotExplain('offset'),
    notes: [offsetNote(offset)],
  };
}

function outputOf(header: Header, distribution: string, link: Link): Output {
  const count = header.classes.length;
  if (count === 0) return regressionOutput(link);
  if (distribution === 'multinomial')
    // Of two classes the margin is that of the first, and the other has its opposite.
    return count > 2
      ? multinomialOutput(header, 'softmax')
      : { ...binomialOutput(header, 'logistic'), scale: -2 };
  if (count === 2 && twoClasses.has(distribution)) return binomialOutput(header, link);
  throw refuse(
    'unsupported_model',
    `An H2O GBM classifier with the distribution ${shown(distribution)} is not supported.`,
    'Train with distribution="bernoulli" or "multinomial".',
    'distribution',
  );
}

const twoClasses = new Set(['bernoulli', 'quasibinomial', 'modified_huber']);

/** For files that do not tell their link. */
const usualLinks = new Map([
  ['bernoulli', 'logit'],
  ['quasibinomial', 'logit'],
  ['modified_huber', 'logit'],
  ['multinomial', 'log'],
  ['poisson', 'log'],
  ['gamma', 'log'],
  ['tweedie', 'log'],
]);

const links = new Map<string, Link>([
  ['identity', 'identity'],
  ['logit', 'logistic'],
  ['log', 'expCapped'],
  ['inverse', 'inverse'],
]);

function linkOf(name: string): Link {
  const link = links.get(name);
  if (link) return link;
  throw refuse(
    'unsupported_model',
    `The link function ${shown(name)} is not supported.`,
    'Train with one of the distributions of H2O.',
    'link_function',
  );
}
