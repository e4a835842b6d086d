import { type Refusal, refuse } from './refusals.ts';

const starts = (bytes: Uint8Array, ...prefix: number[]) => prefix.every((byte, i) => bytes[i] === byte);

type Row = { found: string; hint: string; unsafe?: true; is: (bytes: Uint8Array, head: string) => boolean };

export const native =
  'Upload the file that save_model of XGBoost or LightGBM writes, an H2O MOJO, or an ONNX or skops file.';
export const noPickle =
  'Save a scikit-learn model with skops or as ONNX, and one of XGBoost or LightGBM with its own save_model.';
const external = 'Run it elsewhere and register the deployment as external.';
const mojo = "Upload the zip that the model's download_mojo() writes.";
const booster = 'Upload the file written by booster.save_model("model.json").';
const catboost = 'Upload the file written by save_model("model.onnx", format="onnx").';

/** What else people upload, by its first bytes, and what to upload instead. */
const strangers: readonly Row[] = [
  {
    found: 'This is a compressed file, such as joblib writes',
    hint: `Upload the model itself, uncompressed. ${native}`,
    is: (bytes) => starts(bytes, 0x78) && [0x01, 0x5e, 0x9c, 0xda].includes(bytes[1] ?? 0),
  },
  {
    found: 'This is a model saved by XGBoost for Spark',
    hint: 'Save the native booster: nativeBooster.saveModel("model.json").',
    is: (bytes) => starts(bytes, 0x00, 0x05, 0x5f),
  },
  {
    found: 'This is a snapshot of an XGBoost booster in memory, not a saved model',
    hint: booster,
    is: (_, head) => head.startsWith('CONFIG-offset:'),
  },
  {
    found: 'This is a text dump of an XGBoost model, which does not hold the whole model',
    hint: booster,
    is: (_, head) => head.startsWith('booster[0]:') || /^\[\s*\{\s*"nodeid"/.test(head),
  },
  {
    found: 'This is a CatBoost model, which is not supported in its own format',
    hint: catboost,
    is: (_, head) => head.startsWith('CBM1'),
  },
  {
    found: 'This is a Keras or HDF5 file, which is not supported',
    hint: external,
    is: (bytes) => starts(bytes, 0x89, 0x48, 0x44, 0x46),
  },
  {
    found: 'This is a model of a language-model runtime, which is not supported',
    hint: external,
    is: (_, head) => head.startsWith('GGUF'),
  },
  {
    found: 'This is a TensorFlow Lite model, which is not supported',
    hint: external,
    is: (_, head) => head.startsWith('TFL3', 4),
  },
  {
    found: 'This is a PMML or another XML file, which is not supported',
    hint: `Upload the original model file. ${native}`,
    is: (_, head) => /^(\xef\xbb\xbf)?\s*<(\?xml|PMML)/.test(head),
  },
  {
    found: 'This is an H2O POJO, which is a program and is never run',
    hint: mojo,
    unsafe: true,
    is: (_, head) => head.includes('hex.genmodel') && /^\s*(\/|import|package)/.test(head),
  },
  {
    // The start of every file that H2O writes for itself.
    found: "This is a model in H2O's binary format, which only the H2O that wrote it can read",
    hint: mojo,
    is: (bytes) => starts(bytes, 0x1c, 0xed),
  },
  {
    found: 'This is the MLmodel file of an MLflow directory, without the model beside it',
    hint: 'Upload the whole directory as one zip.',
    is: (_, head) => /^(artifact_path|flavors):/m.test(head),
  },
];

/** The refusal of bytes that are known to be something else. */
export function foreignFile(bytes: Uint8Array, head: string): Refusal | undefined {
  return refusalOf(strangers.find(({ is }) => is(bytes, head)));
}

type Archive = Omit<Row, 'is'> & { holds: RegExp };

/** The same for archives and directories, by the names of their files. */
const archives: readonly Archive[] = [
  {
    found: 'This is a PyTorch archive, which holds a pickle and is never loaded',
    hint: external,
    unsafe: true,
    holds: /(^|\/)data\.pkl$/,
  },
  {
    found: 'This is a Driverless AI pipeline, which only its own runtime can score',
    hint: external,
    holds: /(^|\/)pipeline\.(mojo|pb)$/,
  },
  {
    found: 'This is a TensorFlow model, which is not supported',
    hint: external,
    holds: /(^|\/)saved_model\.pb$/,
  },
  {
    found: 'This is a Keras model, which is not supported',
    hint: external,
    holds: /(^|\/)model\.weights\.h5$/,
  },
  {
    found: 'This is a model of Spark ML, which is not supported',
    hint: external,
    holds: /(^|\/)metadata\/part-00000$/,
  },
];

export function foreignArchive(names: readonly string[]): Refusal {
  const row = archives.find(({ holds }) => names.some((name) => holds.test(name)));
  return (
    refusalOf(row) ?? refuse('unsupported_format', 'This is an archive that holds no known model.', native)
  );
}

const refusalOf = (row: Omit<Row, 'is'> | undefined): Refusal | undefined =>
  row && refuse(row.unsafe ? 'unsafe' : 'unsupported_format', `${row.found}.`, row.hint);
