import { type Refusal, refuse } from './refusals.ts';

export type Sniffed = { format: 'xgboost-json' | 'lightgbm-text' } | { refusal: Refusal };

const starts = (bytes: Uint8Array, ...prefix: number[]) => prefix.every((byte, i) => bytes[i] === byte);
const latin = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);

type Row = { found: string; hint: string; unsafe?: true; is: (bytes: Uint8Array, head: string) => boolean };

const later = 'which is not supported by this version';
const native =
  'Upload the file written by booster.save_model("model.json") or LightGBM\'s save_model("model.txt").';
const external = 'Run it elsewhere and register the deployment as external.';

/** What else people upload, by its first bytes, and what to upload instead. */
const others: readonly Row[] = [
  {
    found: 'A Python pickle is a program and is never loaded',
    hint: `Save the model itself instead of pickling it. ${native}`,
    unsafe: true,
    is: (bytes, head) => (bytes[0] === 0x80 && (bytes[1] ?? 9) <= 5) || head.startsWith('ccopy_reg'),
  },
  {
    found: 'This is a compressed file, such as joblib writes',
    hint: `Save the model itself, uncompressed. ${native}`,
    is: (bytes) =>
      starts(bytes, 0x1f, 0x8b) || (starts(bytes, 0x78) && [0x01, 0x5e, 0x9c, 0xda].includes(bytes[1] ?? 0)),
  },
  {
    found: `This is an XGBoost model in UBJSON, ${later}`,
    hint: 'Upload the file written by booster.save_model("model.json").',
    is: (_, head) => /^\{[iUIlL#]/.test(head),
  },
  {
    found: `This is an XGBoost model in the old binary format, ${later}`,
    hint: 'Load it with XGBoost and upload the file written by booster.save_model("model.json").',
    is: (bytes, head) => head.startsWith('binf') || isLegacy(bytes),
  },
  {
    found: 'This is a model saved by XGBoost for Spark',
    hint: 'Save the native booster: nativeBooster.saveModel("model.json").',
    is: (bytes) => starts(bytes, 0x00, 0x05, 0x5f),
  },
  {
    found: 'This is a text dump of an XGBoost model, which does not hold the whole model',
    hint: 'Upload the file written by booster.save_model("model.json").',
    is: (_, head) => head.startsWith('booster[0]:') || /^\[\s*\{\s*"nodeid"/.test(head),
  },
  { found: `This is a CatBoost model, ${later}`, hint: external, is: (_, head) => head.startsWith('CBM1') },
  {
    found: 'This is a Keras or HDF5 file',
    hint: external,
    is: (bytes) => starts(bytes, 0x89, 0x48, 0x44, 0x46),
  },
  {
    found: 'This is a model of a language-model runtime',
    hint: external,
    is: (_, head) => head.startsWith('GGUF'),
  },
  { found: 'This is a TensorFlow Lite model', hint: external, is: (_, head) => head.startsWith('TFL3', 4) },
  {
    found: 'This is a PMML or another XML file, which is not supported',
    hint: `Upload the original model file. ${native}`,
    is: (_, head) => /^\s*<(\?xml|PMML)/.test(head),
  },
  {
    found: 'This is an H2O POJO, which is a program and is never run',
    hint: 'Upload a model of XGBoost or LightGBM.',
    unsafe: true,
    is: (_, head) => head.includes('hex.genmodel') && /^\s*(\/|import|package)/.test(head),
  },
  {
    found: `This is the MLmodel file of an MLflow directory, ${later}`,
    hint: `Upload the model file inside that directory. ${native}`,
    is: (_, head) => /^(artifact_path|flavors):/m.test(head),
  },
  {
    found: `This is an ONNX model, ${later}`,
    hint: `Upload the original model file. ${native}`,
    is: (bytes) =>
      starts(bytes, 0x08) &&
      (bytes[1] ?? 0) <= 20 &&
      [0x12, 0x1a, 0x22, 0x2a, 0x3a, 0x42].includes(bytes[2] ?? 0),
  },
];

/** Which format are these bytes? Names of files are not asked: they lie. */
export function sniff(bytes: Uint8Array): Sniffed {
  const head = latin(bytes.subarray(0, 4096));
  if (/^(\xef\xbb\xbf)?\s*\{[\s"}]/.test(head)) return { format: 'xgboost-json' };
  if (/^tree\r?\n/.test(head)) return { format: 'lightgbm-text' };
  if (head.startsWith('PK\x03\x04')) return { refusal: zipRefusal(bytes) };
  const row = others.find(({ is }) => is(bytes, head));
  if (row)
    return { refusal: refuse(row.unsafe ? 'unsafe' : 'unsupported_format', `${row.found}.`, row.hint) };
  const what = bytes.length === 0 ? 'The file is empty.' : 'The file is in no format that is known here.';
  return { refusal: refuse('unsupported_format', what, native) };
}

/** A zip names its entries near its end. */
function zipRefusal(bytes: Uint8Array): Refusal {
  const names = latin(bytes.subarray(-65_557));
  const zips: [mark: string, found: string, hint: string][] = [
    ['model.ini', `This is an H2O MOJO, ${later}`, 'Upload a model of XGBoost or LightGBM.'],
    ['MLmodel', `This is a zipped MLflow directory, ${later}`, `Upload the model file inside it. ${native}`],
    ['schema.json', `This is a skops file, ${later}`, `Upload a model of XGBoost or LightGBM. ${native}`],
    ['data.pkl', 'This is a PyTorch archive, which holds a pickle and is never loaded', external],
  ];
  const zip = zips.find(([mark]) => names.includes(mark));
  if (!zip) return refuse('unsupported_format', 'This is a zip that holds no known model.', native);
  return refuse(zip[0] === 'data.pkl' ? 'unsafe' : 'unsupported_format', `${zip[1]}.`, zip[2]);
}

/** The old format has no magic number, but 136 bytes in there is the length of an objective's name. */
function isLegacy(bytes: Uint8Array): boolean {
  if (bytes.length < 160) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(136, true);
  if (length < 3 || length > 64 || view.getUint32(140, true) !== 0) return false;
  return /^(binary|multi|reg|rank|count|survival):?[a-z:]*$/.test(latin(bytes.subarray(144, 144 + length)));
}
