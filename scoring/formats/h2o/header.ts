import { type Directory, fileOf } from '../../bytes/directory.ts';
import { type Ini, linesOf, parseIni, utf8Of } from '../../bytes/ini.ts';
import { caps } from '../../caps.ts';
import type { Feature } from '../../ir.ts';
import { malformed, refuse, tooLarge } from '../../refusals.ts';
import { checkFeatureCount, checkFeatures } from '../features.ts';
import { countAt, flagAt, type Info, needCount, needNumber, wordAt } from './info.ts';

/** What every MOJO tells, whatever its algorithm. */
export type Header = {
  directory: Directory;
  info: Info;
  version: number;
  /** The inputs in the model's order, without an offset. */
  features: Feature[];
  /** Of the response; empty unless the model is a classifier. */
  classes: string[];
  /** The column whose value is added to the margin, if the model was trained with one. */
  offset: string | undefined;
};

export function readHeader(directory: Directory): Header {
  const ini = parseIni(fileOf(directory, 'model.ini'), 'model.ini');
  const { info, columns } = ini;
  const endianness = wordAt(info, 'endianness') ?? 'LITTLE_ENDIAN';
  if (endianness !== 'LITTLE_ENDIAN')
    throw refuse(
      'unsupported_model',
      'The MOJO was written by a machine of the other byte order.',
      'Download the MOJO from an H2O cluster on an x86 or arm64 machine.',
      'endianness',
    );
  const count = checkFeatureCount(needCount(info, 'n_features'));
  const isSupervised = flagAt(info, 'supervised');
  if (columns.length !== needCount(info, 'n_columns') || count + (isSupervised ? 1 : 0) > columns.length)
    throw malformed('The columns of the model are more or fewer than it tells.', 'n_columns');
  const levels = levelsIn(directory, ini);
  const features = columns.slice(0, count).map((name, i) => featureOf(name, levels(i)));
  return {
    directory,
    info,
    version: needNumber(info, 'mojo_version'),
    features: checkFeatures(features),
    classes: isSupervised ? classesOf(ini, levels) : [],
    offset: wordAt(info, 'offset_column'),
  };
}

/** H2O looks a value that is no level up once more with the column's name before it. */
function featureOf(name: string, levels: string[] | undefined): Feature {
  return levels ? { name, kind: 'category', levels, prefix: `${name}.` } : { name, kind: 'number' };
}

type Levels = (column: number) => string[] | undefined;

/** Level names per column; counted over all columns, and read once each. */
function levelsIn(directory: Directory, { info, domains }: Ini): Levels {
  const isEscaped = flagAt(info, 'escape_domain_values');
  let left: number = caps.levels;
  return (column) => {
    const domain = domains.get(column);
    if (!domain) return undefined;
    const path = `domains/${domain.file}`;
    left -= domain.count;
    if (left < 0) throw tooLarge(`The model has more than ${caps.levels} levels.`, path);
    const levels = textLines(fileOf(directory, path), domain.count, path);
    return isEscaped ? levels.map(unescaped) : levels;
  };
}

function textLines(bytes: Uint8Array, count: number, at: string): string[] {
  const lines: string[] = [];
  for (const line of linesOf(utf8Of(bytes, at))) {
    if (lines.length === count) throw malformed('A column has more levels than it tells.', at);
    lines.push(line);
  }
  if (lines.length < count) throw malformed('A column has fewer levels than it tells.', at);
  return lines;
}

const unescaped = (level: string): string =>
  level.includes('\\')
    ? level.replace(/\\[nr\\]/g, (pair) => (pair === '\\n' ? '\n' : pair === '\\r' ? '\r' : '\\'))
    : level;

/**
 * The response is the last column. An ensemble cut down to the columns it needs keeps the response's levels under
 * the number that the column had before. A response of numbers 0 and 1 has no levels.
 */
function classesOf({ info, columns, domains }: Ini, levels: Levels): string[] {
  const count = countAt(info, 'n_classes') ?? 1;
  if (count < 2) return [];
  if (count > caps.outputs) throw tooLarge(`The model has more than ${caps.outputs} classes.`);
  const beyond = [...domains.keys()].filter((column) => column >= columns.length);
  const own = levels(columns.length - 1) ?? (beyond.length === 1 ? levels(beyond[0] as number) : undefined);
  if (!own && count === 2) return ['0', '1'];
  if (own?.length === count && new Set(own).size === count) return own;
  throw malformed('The classes of the model are more or fewer than it tells.', 'n_classes');
}
