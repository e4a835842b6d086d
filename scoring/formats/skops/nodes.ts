import { type Directory, fileOf } from '../../bytes/directory.ts';
import { floatText, type Npy, npyNumbers, npyTexts, readNpy } from '../../bytes/npy.ts';
import { caps } from '../../caps.ts';
import { malformed, refuse, tooLarge } from '../../refusals.ts';
import { field, listOf, textOf } from '../fields.ts';
import { parseJson } from '../json.ts';

/**
 * A skops file: schema.json describes objects as nodes `{ __class__, __module__, __loader__, content }`, arrays lie
 * beside it. Classes are names here, looked up in tables: nothing is imported, constructed or called.
 */
export type Archive = {
  root: unknown;
  version: string;
  file(path: string): Uint8Array;
  /** Counts columns that go through one more step: a few bytes can name a step that works on very many. */
  spend(columns: number): void;
};

/** What a category, a filled-in value or an option can be; NaN and null are missing. */
export type Value = string | number | boolean | null;

const newestProtocol = 2;

/** Columns times steps. */
const mostWork = 16 * caps.features;

export function openArchive(directory: Directory): Archive {
  const root = parseJson(fileOf(directory, 'schema.json'));
  const protocol = field(root, 'protocol');
  if (typeof protocol !== 'number' || !Number.isInteger(protocol) || protocol < 0)
    throw malformed('The skops file does not say which protocol it follows.', 'schema.json');
  if (protocol > newestProtocol)
    throw refuse(
      'unsupported_model',
      'The file was saved by a newer skops than this version knows.',
      'Save it with skops 0.16 or earlier.',
      'schema.json',
    );
  const version = field(root, '_skops_version');
  let left = caps.inflatedBytes;
  let work = 0;
  return {
    root,
    version: typeof version === 'string' ? version.slice(0, 40) : '',
    // The same file may be named by many nodes: what all of them read together is bounded.
    file(path) {
      const bytes = fileOf(directory, path);
      left -= bytes.length + 1;
      if (left < 0) throw tooLarge('The arrays of the file are too large together.');
      return bytes;
    },
    spend(columns) {
      work += columns;
      if (work > mostWork) throw tooLarge('The pipeline takes too many columns through too many steps.');
    },
  };
}

/** The class of a node, without its module, which moves from version to version; '' for a plain value. */
export function classOf(node: unknown): string {
  const name = field(node, '__class__');
  return isKind(node, 'JsonNode') || typeof name !== 'string' ? '' : name;
}

/** The package that a class comes from, such as sklearn. */
export function packageOf(node: unknown): string {
  const module = field(node, '__module__');
  return typeof module === 'string' ? (module.split('.', 1)[0] as string) : '';
}

export const isKind = (node: unknown, ...loaders: string[]): boolean =>
  loaders.includes(field(node, '__loader__') as string);

/** An attribute of an object; undefined where the object has none of that name. */
export const attribute = (node: unknown, name: string): unknown => entry(field(node, 'content'), name);

/** A value of a dictionary. */
export const entry = (node: unknown, key: string): unknown => field(field(node, 'content'), key);

export function itemsOf(node: unknown, at: string): unknown[] {
  if (!isKind(node, 'ListNode', 'TupleNode')) throw malformed('A list is missing.', at);
  return listOf(field(node, 'content'), at);
}

const decimal = /^-?\d{1,400}(?:\.\d{1,400})?(?:[eE][-+]?\d{1,4})?$/;
const words = new Map<string, Value>([
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** A plain value: JSON inside the JSON, or an array without dimensions. Undefined is what is not there. */
export function scalarOf(archive: Archive, node: unknown, at: string): Value | undefined {
  if (node === undefined) return undefined;
  if (isKind(node, 'NdArrayNode')) return valuesOf(archive, node, at)[0];
  if (!isKind(node, 'JsonNode')) throw malformed('A plain value is missing.', at);
  const text = textOf(field(node, 'content'), at);
  const word = words.get(text);
  if (word !== undefined) return word;
  if (decimal.test(text)) return Number(text);
  try {
    const value: unknown = JSON.parse(text.startsWith('"') ? text : '');
    if (typeof value === 'string') return value;
  } catch {}
  throw malformed('A plain value cannot be read.', at);
}

/** An option of an object, as it stands in the file. */
export const option = (archive: Archive, node: unknown, name: string): Value | undefined =>
  scalarOf(archive, attribute(node, name), name);

export function arrayOf(archive: Archive, node: unknown, at: string): Npy {
  if (!isKind(node, 'NdArrayNode') || field(node, 'type') !== 'numpy')
    throw malformed('An array of numbers is missing.', at);
  return readNpy(archive.file(textOf(field(node, 'file'), at)), at);
}

/** The numbers of an array, row by row, all of them finite unless said otherwise. */
export function numbersAt(archive: Archive, node: unknown, at: string, missing: 'finite' | 'any' = 'finite') {
  const npy = arrayOf(archive, node, at);
  const values = npyNumbers(npy, at);
  if (missing === 'finite' && !values.every(Number.isFinite))
    throw malformed('An array holds something that is no finite number.', at);
  return { shape: npy.shape, values };
}

/** The values of an array of any kind: categories, filled-in values. */
export function valuesOf(archive: Archive, node: unknown, at: string): Value[] {
  if (isKind(node, 'NdArrayNode') && field(node, 'type') === 'json')
    return listOf(field(node, 'content'), at).map((item) => scalarOf(archive, item, at) ?? null);
  const npy = arrayOf(archive, node, at);
  if (npy.element.kind === 'U') return npyTexts(npy, at);
  const numbers = Array.from(npyNumbers(npy, at));
  return npy.element.kind === 'b' ? numbers.map((n) => n === 1) : numbers;
}

/** Classes as Python prints them: 1, 1.0, True, or the text itself. */
export function labelsOf(archive: Archive, node: unknown, at: string): string[] {
  const isText = isKind(node, 'NdArrayNode') && field(node, 'type') === 'numpy';
  const labels = isText ? npyTexts(arrayOf(archive, node, at), at) : valuesOf(archive, node, at).map(labelOf);
  if (labels.length < 2)
    throw refuse(
      'unsupported_model',
      'The classifier knows fewer than two classes.',
      'Train it with two or more.',
      at,
    );
  if (labels.length > caps.outputs) throw tooLarge(`The model has more than ${caps.outputs} outputs.`, at);
  if (new Set(labels).size !== labels.length) throw malformed('Two classes have the same name.', at);
  return labels;
}

function labelOf(value: Value): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return floatText(value).replace(/\.0$/, '');
  return value ?? 'None';
}

/** scikit-learn's version as major · 100 + minor, as the object was saved; 0 where it is not told. */
export function versionOf(archive: Archive, node: unknown): number {
  const [, major, minor] =
    /^(\d{1,3})\.(\d{1,2})/.exec(String(option(archive, node, '_sklearn_version'))) ?? [];
  return major === undefined ? 0 : Number(major) * 100 + Number(minor);
}
