import { caps } from '../../caps.ts';
import type { Capability, Output, Trees } from '../../ir.ts';
import { capabilityOf } from '../capability.ts';
import { field } from '../fields.ts';
import { parseJson } from '../json.ts';
import { withCalibration } from './calibration.ts';
import { growTrees, treesPerGroup } from './grove.ts';
import type { Header } from './header.ts';
import { flagAt } from './info.ts';
import { binomialOutput, multinomialOutput, regressionOutput, withPriors } from './outputs.ts';
import { cannotExplain, type Part } from './part.ts';

/** A random forest: means of trees. Of two classes, one tree predicts the first. */
export function readDrf(header: Header): Part {
  const { features, offset } = header;
  const outputs = treesPerGroup(header);
  const { trees, groups } = growTrees(header, new Float64Array(outputs));
  const divisor = Math.max(1, groups);
  const output = withCalibration(withPriors(outputOf(header, outputs, divisor), header), header);
  return {
    objective: output.kind,
    features,
    encoding: null,
    core: trees,
    output,
    contributions: explanations(header, output, trees, divisor),
    notes: offset === undefined ? [] : [`H2O's random forests ignore the offset column "${offset}".`],
  };
}

function outputOf(header: Header, outputs: number, divisor: number): Output {
  const { classes } = header;
  if (classes.length === 0) return { ...regressionOutput('identity'), divisor };
  if (classes.length > 2) return multinomialOutput(header, 'normalise');
  return outputs === 1
    ? { ...binomialOutput(header, 'complement'), divisor }
    : binomialOutput(header, 'normalise');
}

/** H2O scales the contributions of a forest, those of a classifier by how many columns the forest uses. */
function explanations(header: Header, output: Output, trees: Trees, count: number): Capability {
  if (output.kind === 'binomial' && (trees.base.length === 2 || flagAt(header.info, 'binomial_double_trees')))
    return cannotExplain('double tree');
  const capability = capabilityOf(output, trees);
  if (!capability.available) return capability;
  if (output.kind === 'regression') return { available: true, rescale: { trees: count, from: null } };
  const used = usedColumns(header);
  if (used === undefined) return cannotExplain('random forest without variable importances');
  return { available: true, rescale: { trees: count, from: Math.fround(1 / (used + 1)) } };
}

/** Columns with an importance other than 0, which are told only in a file beside the model. */
function usedColumns({ directory }: Header): number | undefined {
  const bytes = directory.file('experimental/modelDetails.json');
  if (!bytes || bytes.length > caps.iniBytes) return undefined;
  const table = field(field(parsed(bytes), 'output'), 'variable_importances');
  const columns = field(table, 'data');
  const relative = Array.isArray(columns) ? columns[1] : undefined;
  if (!Array.isArray(relative)) return undefined;
  return relative.filter((importance) => typeof importance === 'number' && importance !== 0).length;
}

/** What only explanations need must not keep a model from being scored. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes);
  } catch {
    return undefined;
  }
}
