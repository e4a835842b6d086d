import { type Directory, directoryOfFiles } from './bytes/directory.ts';
import { gunzip, isTar, openTar } from './bytes/tar.ts';
import { parseUbj } from './bytes/ubj.ts';
import { openZip } from './bytes/zip.ts';
import { caps } from './caps.ts';
import { checkIr } from './checks/checkIr.ts';
import { foreignArchive, native } from './foreign.ts';
import type { Values } from './formats/features.ts';
import { readMojo } from './formats/h2o/mojo.ts';
import { parseJson } from './formats/json.ts';
import { readLightgbm } from './formats/lightgbm/model.ts';
import { readPickled } from './formats/lightgbm/pickled.ts';
import { readMlflow } from './formats/mlflow/read.ts';
import { readOnnx } from './formats/onnx/read.ts';
import { readSkops } from './formats/skops/read.ts';
import { readLegacy } from './formats/xgboost/legacy.ts';
import { readXgboost } from './formats/xgboost/model.ts';
import type { Ir } from './ir.ts';
import { isRefusal, malformed, type Refusal, refuse, tooLarge } from './refusals.ts';
import { type Sniffed, sniff } from './sniff.ts';

export type ImportOptions = {
  /** Levels by feature name, for files that hold only codes. */
  values?: Values;
  /** Early stopping: up to the best iteration, as the libraries' estimators predict, or all. */
  trees?: 'best' | 'all';
};

/** What was found, for the one who registers it. */
type Report = {
  format: Ir['format'];
  formatVersion: string;
  algo: Ir['algo'];
  objective: string;
  features: number;
  levels: number;
  trees: number;
  nodes: number;
  depth: number;
  notes: string[];
};

export type Imported = { model: Ir; report: Report } | { refusal: Refusal };

/** What a reader gives: a validated model, and what its user should know. */
type Read = { ir: Ir; notes: string[] };

/**
 * One file, or the files of a directory by their paths; a validated model or the reason why not out. It never throws.
 */
export function importModel(
  files: Uint8Array | ReadonlyMap<string, Uint8Array>,
  options: ImportOptions = {},
): Imported {
  try {
    const { ir, notes } =
      files instanceof Uint8Array
        ? readFile(files, options)
        : readDirectory(directoryOfFiles(files), options);
    return { model: checkIr(ir), report: reportOf(ir, notes) };
  } catch (error) {
    return { refusal: isRefusal(error) ? error : malformed('The file could not be read to its end.') };
  }
}

/** A file inside an archive may be a skops file, itself a zip, but no archive of other things. */
function readFile(bytes: Uint8Array, options: ImportOptions, inside = false): Read {
  if (bytes.length > caps.artifactBytes) throw tooLarge('The file is larger than 128 MiB.');
  const sniffed = sniff(bytes);
  if (inside && sniffed === 'tar.gz') throw nested();
  return readers[sniffed](bytes, options, inside);
}

type Reader = (bytes: Uint8Array, options: ImportOptions, inside: boolean) => Read;

const readers: Record<Sniffed, Reader> = {
  'xgboost-json': (bytes, options) => readXgboost(parseJson(bytes), options),
  'xgboost-ubj': (bytes, options) => readXgboost(parseUbj(bytes), options),
  'xgboost-legacy': (bytes, options) => readXgboost(readLegacy(bytes), options),
  'lightgbm-text': (bytes, options) => ({ ir: readLightgbm(bytes, { values: options.values }), notes: [] }),
  pickle: readPickled,
  onnx: (bytes) => readOnnx(bytes),
  zip: (bytes, options, inside) => readDirectory(openZip(bytes), options, inside),
  'tar.gz': (bytes, options) => readDirectory(openTarGz(bytes), options),
};

function openTarGz(bytes: Uint8Array): Directory {
  const plain = gunzip(bytes);
  if (isTar(plain)) return openTar(plain);
  throw refuse(
    'unsupported_format',
    'This is a compressed file, such as joblib writes.',
    `Upload the model itself, uncompressed. ${native}`,
  );
}

function readDirectory(directory: Directory, options: ImportOptions, inside = false): Read {
  const names = directory.names();
  if (names.includes('schema.json')) return readSkops(directory, options);
  if (inside) throw nested();
  if (names.includes('model.ini')) return readMojo(directory);
  const card = names.filter((name) => /^([^/]+\/)?MLmodel$/.test(name));
  if (card.length === 1) {
    const folder = directory.under((card[0] as string).slice(0, -'MLmodel'.length));
    return readMlflow(folder, (bytes) => readFile(bytes, options, true));
  }
  const bytes = names.length === 1 ? directory.file(names[0] as string) : undefined;
  if (bytes) return readFile(bytes, options, true);
  throw foreignArchive(names);
}

const nested = () =>
  refuse(
    'unsupported_format',
    'This is an archive inside an archive.',
    'Upload the archive inside on its own.',
  );

function reportOf(ir: Ir, notes: string[]): Report {
  const { format, formatVersion, algo, objective, features } = ir;
  const levels = features.reduce((sum, feature) => sum + (feature.levels?.length ?? 0), 0);
  return { format, formatVersion, algo, objective, features: features.length, levels, ...sizeOf(ir), notes };
}

type Size = { trees: number; nodes: number; depth: number };

/** Of an ensemble, all models that it asks together. */
function sizeOf({ core }: Ir): Size {
  if (core.type === 'trees')
    return { trees: core.root.length, nodes: core.feature.length, depth: core.depth };
  if (core.type === 'isolation') return { trees: core.root.length, nodes: core.left.length, depth: 0 };
  const parts = core.type === 'stack' ? [...core.bases.flatMap(({ model }) => model ?? []), core.meta] : [];
  return parts.map(sizeOf).reduce(
    (sum, part) => ({
      trees: sum.trees + part.trees,
      nodes: sum.nodes + part.nodes,
      depth: Math.max(sum.depth, part.depth),
    }),
    { trees: 0, nodes: 0, depth: 0 },
  );
}
