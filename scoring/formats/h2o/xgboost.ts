import { fileOf } from '../../bytes/directory.ts';
import { parseUbj } from '../../bytes/ubj.ts';
import type { Core, Linear, Link, Output, Trees } from '../../ir.ts';
import { malformed, refuse, shown } from '../../refusals.ts';
import { capabilityOf } from '../capability.ts';
import { field } from '../fields.ts';
import { parseJson } from '../json.ts';
import { readLegacy } from '../xgboost/legacy.ts';
import { readXgboost } from '../xgboost/model.ts';
import { withNodeWeights } from './boosterWeights.ts';
import { withCalibration } from './calibration.ts';
import type { Header } from './header.ts';
import { flagAt } from './info.ts';
import { layoutOf, numberSlot, oneHot } from './layout.ts';
import { offsetNote, withOffsetFeature, withOffsetTree } from './offset.ts';
import { binomialOutput, multinomialOutput, regressionOutput } from './outputs.ts';
import { cannotExplain, type Part } from './part.ts';

/** H2O's XGBoost: a booster as that library saves it, over a row that H2O encodes. */
export function readH2oXgboost(header: Header): Part {
  const { features, info, directory } = header;
  const layout = layoutOf(header);
  const isSparse = flagAt(info, 'sparse');
  const encoding = oneHot(header, layout, {
    cold: isSparse ? Number.NaN : 0,
    // A sparse row does not hold its zeros, and XGBoost takes what it does not hold for missing.
    number: (feature) => ({ ...numberSlot(feature, Number.NaN), ...(isSparse ? { zero: Number.NaN } : {}) }),
  });
  const document = withNodeWeights(
    documentOf(fileOf(directory, 'boosterBytes')),
    directory.file('auxNodeWeights'),
  );
  const { ir, notes } = readXgboost(document, { trees: 'all' });
  const core = fitting(ir.core, ir.features.length, layout.width);
  const output = withCalibration(outputOf(header, ir.output, ir.objective), header);
  const contributions = capabilityOf(output, core);
  const part = { objective: ir.objective, features, encoding, core, output, contributions };
  const all = [...notes, ...dartNotes(document)];
  if (!flagAt(info, 'has_offset')) return { ...part, notes: all };
  if (core.type !== 'trees') throw malformed('A linear model has an offset.', 'has_offset');
  return withOffset({ ...part, notes: all }, core, header);
}

/** The offset of a row stands in place of the booster's base score. */
function withOffset(part: Part, core: Trees, { offset }: Header): Part {
  if (offset === undefined) throw malformed('The model does not tell its offset column.', 'offset_column');
  const encoding = part.encoding ?? [];
  const trees = { ...core, base: new Float64Array(core.base.length) };
  return {
    ...part,
    features: withOffsetFeature(part.features, offset),
    encoding: [...encoding, numberSlot(part.features.length, 0)],
    core: withOffsetTree(trees, encoding.length, core.baseLast ? 'last' : 'first'),
    contributions: cannotExplain('offset'),
    notes: [...part.notes, offsetNote(offset)],
  };
}

/** The newest H2O saves boosters as JSON or UBJSON, older ones in XGBoost's old binary format. */
function documentOf(bytes: Uint8Array): unknown {
  const [first = 0, second = 0] = bytes;
  if (first !== 0x7b) return readLegacy(bytes);
  return second === 0x22 || second <= 0x20 ? parseJson(bytes) : parseUbj(bytes);
}

/** Trees may use fewer columns than the row has, a linear model none fewer. */
function fitting(core: Core, columns: number, width: number): Trees | Linear {
  const fits = core.type === 'linear' ? columns === width : core.type === 'trees' && columns <= width;
  if (fits && (core.type === 'trees' || core.type === 'linear')) return core;
  throw malformed('The booster has other columns than the model.', 'boosterBytes');
}

/** H2O computes the last steps in single precision, as XGBoost itself does. */
const links = new Map<Link, Link>([
  ['logistic', 'logisticSingle'],
  ['softmax', 'softmaxSingle'],
  ['exp', 'expSingle'],
  ['identity', 'identity'],
]);

function outputOf(header: Header, { kind, link, classes }: Output, objective: string): Output {
  const count = header.classes.length;
  const single = links.get(link);
  if (!single)
    throw refuse(
      'unsupported_model',
      `An H2O XGBoost model with the objective ${shown(objective)} is not supported.`,
      'Train with one of the distributions of H2O.',
    );
  if (kind === 'multinomial' && count === classes.length) return multinomialOutput(header, single);
  if (kind === 'binomial') return binomialOutput(header, single);
  if (kind === 'regression' && count === 0) return regressionOutput(single);
  throw malformed('The booster has other classes than the model.', 'boosterBytes');
}

/** h2o-genmodel forgets the weights of dropped trees where it explains; then its parts do not add up. */
function dartNotes(document: unknown): string[] {
  const booster = field(field(field(document, 'learner'), 'gradient_booster'), 'name');
  return booster === 'dart'
    ? ['Contributions weigh the trees of a DART booster; those of H2O itself do not.']
    : [];
}
