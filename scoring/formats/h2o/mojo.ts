import type { Directory } from '../../bytes/directory.ts';
import type { Ir } from '../../ir.ts';
import { refuse, shown } from '../../refusals.ts';
import { readDeepLearning } from './deepLearning.ts';
import { readDrf } from './drf.ts';
import { readExtendedIsolationForest } from './extendedIsolationForest.ts';
import { readGbm } from './gbm.ts';
import { readGlm } from './glm.ts';
import { type Header, readHeader } from './header.ts';
import { nameAt, wordAt } from './info.ts';
import { readIsolationForest } from './isolationForest.ts';
import type { Part } from './part.ts';
import { type ReadInside, readStackedEnsemble } from './stackedEnsemble.ts';
import { readH2oXgboost } from './xgboost.ts';

type Algorithm = {
  name: string;
  /** The newest version of its files that is known. */
  version: number;
  read(header: Header, inside: ReadInside): Part;
};

const algorithms = new Map<string, Algorithm>([
  ['gbm', { name: 'GBM', version: 1.4, read: readGbm }],
  ['drf', { name: 'DRF', version: 1.4, read: readDrf }],
  ['isolationforest', { name: 'IsolationForest', version: 1.4, read: readIsolationForest }],
  [
    'extendedisolationforest',
    { name: 'ExtendedIsolationForest', version: 1, read: readExtendedIsolationForest },
  ],
  ['xgboost', { name: 'XGBoost', version: 1.1, read: readH2oXgboost }],
  ['glm', { name: 'GLM', version: 1, read: readGlm }],
  ['deeplearning', { name: 'DeepLearning', version: 1.1, read: readDeepLearning }],
  ['stackedensemble', { name: 'StackedEnsemble', version: 1.01, read: readStackedEnsemble }],
]);

/** MOJOs of H2O 3.11 and older have only the long name. */
const longNames = new Map([
  ['Gradient Boosting Machine', 'gbm'],
  ['Gradient Boosting Method', 'gbm'],
  ['Distributed Random Forest', 'drf'],
  ['Generalized Linear Modeling', 'glm'],
  ['Generalized Linear Model', 'glm'],
  ['Deep Learning', 'deeplearning'],
]);

/**
 * An H2O MOJO (H2O 3.10 to 3.46) as the directory that its zip holds.
 *
 * Throws the refusal of what is no MOJO, is damaged, or is of an algorithm or version not known here.
 */
export function readMojo(directory: Directory): { ir: Ir; notes: string[] } {
  return read(directory, (inside) => read(inside, refuseInside));
}

const refuseInside: ReadInside = () => {
  throw refuse(
    'unsupported_model',
    'A stacked ensemble inside a stacked ensemble is not supported.',
    'Register the inner ensemble, or train the outer one on plain models.',
  );
};

function read(directory: Directory, inside: ReadInside): { ir: Ir; notes: string[] } {
  const header = readHeader(directory);
  const { info, version } = header;
  const algorithm = algorithmOf(header);
  if (version > algorithm.version)
    throw refuse(
      'unsupported_model',
      'The MOJO was written by a newer H2O than this version knows.',
      'Train with H2O 3.46 or older.',
      'mojo_version',
    );
  const { notes, ...part } = algorithm.read(header, inside);
  const h2o = /^[\w.+-]{1,40}$/.exec(wordAt(info, 'h2o_version') ?? '')?.[0];
  const formatVersion = `MOJO ${nameAt(info, 'mojo_version')}${h2o ? `, H2O ${h2o}` : ''}`;
  return { ir: { format: 'mojo', formatVersion, algo: algorithm.name, ...part }, notes };
}

function algorithmOf({ info }: Header): Algorithm {
  const word = wordAt(info, 'algo') ?? longNames.get(wordAt(info, 'algorithm') ?? '') ?? '';
  const algorithm = algorithms.get(word);
  if (algorithm) return algorithm;
  const name = wordAt(info, 'algo') ?? wordAt(info, 'algorithm') ?? '';
  throw refuse(
    'unsupported_model',
    `H2O models of the algorithm ${shown(name)} are not supported.`,
    `Train one of ${[...algorithms.values()].map((known) => known.name).join(', ')}, or register the deployment as external.`,
    'algo',
  );
}
