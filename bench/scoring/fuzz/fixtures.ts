import { globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { importModel } from '../../../scoring/import.ts';
import { sniff } from '../../../scoring/sniff.ts';
import { open, zipOf } from './archive.ts';
import type { Fixture } from './mutate.ts';

/** Larger ones would only make fewer cases. */
const largest = 500_000;

/** A model file that is read here, or a MOJO as a folder, and the format it counts under. */
export type Source = { path: string; format: string };

/** Everything in a folder that is a model as it stands. */
export function sourcesIn(folder: string): Source[] {
  const folders = globSync(join(folder, '**/model.ini')).map((path) => join(path, '..'));
  const files = globSync(join(folder, '**/*')).filter(
    (path) =>
      statSync(path).isFile() && statSync(path).size <= largest && !/\.(csv|tsv|f32|f64|md)$/.test(path),
  );
  return [...files, ...folders].sort().flatMap((path) => {
    const bytes = bytesAt(path);
    return 'model' in importModel(bytes) ? [{ path, format: formatOf(bytes) }] : [];
  });
}

export function fixtureAt(path: string): Fixture {
  const bytes = bytesAt(path);
  return { name: path, bytes, archive: open(bytes) };
}

function bytesAt(path: string): Uint8Array {
  if (!statSync(path).isDirectory()) return new Uint8Array(readFileSync(path));
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const paths = files.map((one) => join(one.parentPath, one.name)).sort();
  return zipOf(paths.map((one) => [relative(path, one), new Uint8Array(readFileSync(one))]));
}

const marks: [file: string, format: string][] = [
  ['MLmodel', 'mlflow'],
  ['model.ini', 'mojo'],
  ['schema.json', 'skops'],
];

function formatOf(bytes: Uint8Array): string {
  const sniffed = sniff(bytes);
  if (sniffed !== 'zip') return sniffed;
  const names = open(bytes)?.entries.map(([name]) => name) ?? [];
  return marks.find(([file]) => names.some((name) => name.split('/').at(-1) === file))?.[1] ?? 'zip';
}
