import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openZip } from '../../scoring/bytes/zip.ts';
import { type Reference, reference } from '../../scoring/evaluate/reference.ts';
import { importModel } from '../../scoring/import.ts';
import { own } from './goldens.ts';

export type Files = Map<string, Uint8Array>;

export const bytesOf = (text: string) => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

export function unzipped(path: string): Files {
  const directory = openZip(readFileSync(path));
  return new Map(directory.names().map((name) => [name, directory.file(name) as Uint8Array]));
}

export type Shape = {
  info?: Record<string, string | undefined>;
  /** Inputs with their levels, if they have some; the response is added. */
  columns?: [name: string, levels?: string[]][];
  classes?: string[];
  files?: [path: string, bytes: Uint8Array][];
};

/** A GBM of no trees, or what is made of it: an undefined value takes a key away. */
export function mojoFiles({ info = {}, columns = [['a'], ['b']], classes, files = [] }: Shape = {}): Files {
  const all: [name: string, levels?: string[]][] = [...columns, ['y', classes]];
  const keys: Record<string, string | undefined> = {
    h2o_version: '3.46.0.9',
    mojo_version: '1.40',
    algo: 'gbm',
    endianness: 'LITTLE_ENDIAN',
    supervised: 'true',
    n_features: String(columns.length),
    n_classes: String(classes?.length ?? 1),
    n_columns: String(all.length),
    balance_classes: 'false',
    default_threshold: '0.5',
    prior_class_distrib: 'null',
    escape_domain_values: 'true',
    n_trees: String(files.filter(([path]) => /t\d+_\d+\.bin$/.test(path)).length),
    n_trees_per_class: '1',
    distribution: 'gaussian',
    link_function: 'identity',
    init_f: '0.0',
    ...info,
  };
  const told = Object.entries(keys).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key} = ${value}`],
  );
  const domains = all.flatMap(([, levels], i): [line: string, file: string, text: string][] =>
    levels
      ? [[`${i}: ${levels.length} d${i}.txt`, `domains/d${i}.txt`, levels.map((l) => `${l}\n`).join('')]]
      : [],
  );
  const ini = [
    '[info]',
    ...told,
    '',
    '[columns]',
    ...all.map(([name]) => name),
    '',
    '[domains]',
    ...domains.map(([line]) => line),
  ];
  return new Map([
    ['model.ini', bytesOf(`${ini.join('\n')}\n`)],
    ...domains.map(([, file, text]): [string, Uint8Array] => [file, bytesOf(text)]),
    ...files,
  ]);
}

export function modelOf(files: Files): Reference {
  const imported = importModel(files);
  if ('refusal' in imported) throw new Error(JSON.stringify(imported.refusal));
  return reference(imported.model);
}

/** The code of the refusal, or that there is none. */
export function codeOf(files: Files): string {
  const imported = importModel(files);
  return 'refusal' in imported ? imported.refusal.code : 'read';
}

export const fixture = (name: string): Files => unzipped(join(own, 'h2o', `${name}.zip`));

/** A fixture with lines of one of its descriptions rewritten. */
export function rewritten(name: string, lines: Record<string, string>, path = 'model.ini'): Files {
  const files = fixture(name);
  const changed = Object.entries(lines).reduce(
    (text, [key, value]) => {
      const line = new RegExp(`^${key} = .*$`, 'm');
      return line.test(text)
        ? text.replace(line, `${key} = ${value}`)
        : text.replace('[info]', `[info]\n${key} = ${value}`);
    },
    textOf(files.get(path)),
  );
  return files.set(path, bytesOf(changed));
}

export function refusalOf(files: Files) {
  const imported = importModel(files);
  if (!('refusal' in imported)) throw new Error('the model was read');
  return imported.refusal;
}
