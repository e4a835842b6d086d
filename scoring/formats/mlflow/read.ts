import { checkPath, type Directory, fileOf } from '../../bytes/directory.ts';
import { noPickle } from '../../foreign.ts';
import type { Ir } from '../../ir.ts';
import { malformed, refuse, shown } from '../../refusals.ts';
import { namedBySignature } from './signature.ts';
import { parseYaml, type Yaml } from './yaml.ts';

type Read = { ir: Ir; notes: string[] };

/** Which key of a flavor names its file; the first row that the directory has is read. */
const flavors: readonly [flavor: string, key: string][] = [
  ['xgboost', 'data'],
  ['lightgbm', 'data'],
  ['sklearn', 'pickled_model'],
  ['onnx', 'data'],
];

/**
 * A directory that MLflow saved: the model inside it, read by `read` in the format that its bytes are in, with the
 * names that the signature gives where the model itself has none.
 */
export function readMlflow(directory: Directory, read: (bytes: Uint8Array) => Read): Read {
  const card = parseYaml(fileOf(directory, 'MLmodel'));
  const known = card.get('flavors');
  if (!isMapping(known)) throw malformed('The MLmodel file names no flavors.', 'MLmodel');
  const row = flavors.find(([flavor]) => known.has(flavor));
  if (!row) throw refuseFlavor([...known.keys()]);
  const [name, key] = row;
  const flavor = known.get(name);
  const path = isMapping(flavor) ? flavor.get(key) : undefined;
  if (typeof path !== 'string')
    throw malformed('The MLmodel file does not name the file of its model.', 'MLmodel');
  if (name === 'sklearn') refusePickle(flavor);
  const { ir, notes } = read(fileOf(directory, checkPath(path)));
  const signature = card.get('signature');
  const inputs = isMapping(signature) ? signature.get('inputs') : undefined;
  const named = typeof inputs === 'string' ? namedBySignature(ir, inputs) : { ir, notes: [] };
  return {
    ir: named.ir,
    notes: [`Read from the MLflow directory, flavor ${name}.`, ...notes, ...named.notes],
  };
}

const isMapping = (value: Yaml | undefined): value is ReadonlyMap<string, Yaml> => value instanceof Map;

/** A pickle would be refused by its bytes as well, but here it is known what was logged and how. */
function refusePickle(flavor: Yaml | undefined): void {
  const format = isMapping(flavor) ? flavor.get('serialization_format') : undefined;
  if (format === 'skops') return;
  throw refuse(
    'unsafe',
    'The scikit-learn model of this MLflow directory is a pickle, which is a program and is never loaded.',
    'Log it again with serialization_format="skops", or export it to ONNX.',
    'MLmodel',
  );
}

function refuseFlavor(names: string[]) {
  if (names.includes('h2o'))
    return refuse(
      'unsupported_model',
      "The model of this MLflow directory is in H2O's binary format, which only the H2O that wrote it can read.",
      "Upload the zip that the model's download_mojo() writes.",
      'MLmodel',
    );
  const named = names.filter((name) => name !== 'python_function');
  const what =
    named.length > 0 ? `The MLflow flavor ${shown(named[0] as string)}` : 'A Python function of MLflow';
  return refuse(
    'unsupported_model',
    `${what} is not supported.`,
    `Log a model of XGBoost, LightGBM, scikit-learn or ONNX, or register the deployment as external. ${noPickle}`,
    'MLmodel',
  );
}
