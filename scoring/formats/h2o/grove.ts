import { caps } from '../../caps.ts';
import { forest } from '../../checks/forest.ts';
import type { Trees } from '../../ir.ts';
import { malformed, refuse, shown, tooLarge } from '../../refusals.ts';
import { readCovers } from './covers.ts';
import type { Header } from './header.ts';
import { countAt, flagAt, needCount, wordAt } from './info.ts';
import { splitReader } from './splits.ts';
import { tableMaker } from './tables.ts';
import { readTree } from './trees.ts';

/** The trees of GBM, DRF and IsolationForest; `groups` is how many trees each output has. */
export type Grove = { trees: Trees; groups: number };

/** All trees of a MOJO, class by class; a file that is not there is a tree that adds nothing. */
export function growTrees(header: Header, base: Float64Array): Grove {
  const { directory, info, version, features } = header;
  refuseEncodings(wordAt(info, '_genmodel_encoding') ?? 'AUTO');
  const groups = needCount(info, 'n_trees');
  if (groups * base.length > caps.trees) throw tooLarge(`The model has more than ${caps.trees} trees.`);
  const grove = forest({
    features: features.length,
    outputs: base.length,
    infiniteThresholds: true,
    largest: Number.MAX_VALUE,
  });
  const splitAt = splitReader(version < 1.2 ? 'bytes' : 'bits');
  const tableOf = tableMaker(features, version < 1.1 ? 'left' : 'missing', grove);
  for (let output = 0; output < base.length; output++)
    for (let group = 0; group < groups; group++) {
      const path = `trees/t${padded(output, 2)}_${padded(group, 3)}`;
      const bytes = directory.file(`${path}.bin`);
      if (!bytes) continue;
      const covers = readCovers(directory.file(`${path}_aux.bin`), `${path}_aux.bin`);
      grove.add(readTree(bytes, { covers, splitAt, tableOf }, `${path}.bin`), output, path);
    }
  const trees = grove.finish({ compare: 'f64', sum: 'f64', base, baseLast: true }, null);
  return { trees, groups };
}

const padded = (value: number, width: number) => String(value).padStart(width, '0');

/** How many trees are grown at once: one, unless each class has its own. */
export function treesPerGroup({ info, classes }: Header): number {
  const isDouble = flagAt(info, 'binomial_double_trees');
  const usual = classes.length === 2 && !isDouble ? 1 : Math.max(1, classes.length);
  const told = countAt(info, 'n_trees_per_class') ?? usual;
  if (told === 1 || told === classes.length) return told;
  throw malformed('The trees of the model are more or fewer than its classes.', 'n_trees_per_class');
}

/** Only these leave the columns as they are. */
function refuseEncodings(encoding: string): void {
  if (['AUTO', 'Enum', 'SortByResponse'].includes(encoding)) return;
  throw refuse(
    'unsupported_model',
    `The H2O categorical encoding ${shown(encoding)} is not supported.`,
    'Train with categorical_encoding="AUTO", "Enum" or "SortByResponse".',
    '_genmodel_encoding',
  );
}
