import { caps } from '../caps.ts';
import { malformed, refuse, shown, tooLarge } from '../refusals.ts';

/** Files by path, such as `trees/t00_000.bin`; nothing is inflated before it is asked for. */
export type Directory = {
  names(): string[];
  file(path: string): Uint8Array | undefined;
  /** The files below a folder, named from there; `prefix` with or without its slash. */
  under(prefix: string): Directory;
};

/** Throws the refusal of a path that is absolute, climbs, or is no plain name; gives the path back. */
export function checkPath(path: string): string {
  if (path.length > caps.nameLength) throw tooLarge('The name of a file is too long.');
  const parts = path.split('/');
  // Backslashes and drive letters would be paths of their own on Windows.
  const strange = hasControl(path) || path.includes('\\') || /^[A-Za-z]:/.test(path);
  if (strange || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw refuse(
      'unsafe',
      `A file inside has a path that leads elsewhere or is none: ${shown(path)}.`,
      'Pack the model again with the library that wrote it.',
    );
  return path;
}

/** Control characters never stand in a path that a library writes. */
const hasControl = (path: string) =>
  [...path].some((letter) => letter < ' ' || (letter >= '\u007f' && letter <= '\u009f'));

/** A directory whose files are read by `read`, each path checked beforehand by its maker. */
export function directoryOf(
  paths: readonly string[],
  read: (path: string) => Uint8Array | undefined,
): Directory {
  return {
    names: () => [...paths],
    file: read,
    under(prefix) {
      const folder = prefix.endsWith('/') || prefix === '' ? prefix : `${prefix}/`;
      const inside = paths.filter((path) => path.startsWith(folder));
      return directoryOf(
        inside.map((path) => path.slice(folder.length)),
        (path) => read(folder + path),
      );
    },
  };
}

/** A directory that was uploaded as its files. */
export function directoryOfFiles(files: ReadonlyMap<string, Uint8Array>): Directory {
  if (files.size > caps.entries) throw tooLarge(`There are more than ${caps.entries} files.`);
  let total = 0;
  for (const bytes of files.values()) total += bytes.length;
  if (total > caps.inflatedBytes) throw tooLarge('The files are larger than 512 MiB together.');
  const paths = [...files.keys()].map(checkPath);
  return directoryOf(paths, (path) => files.get(path));
}

export function fileOf(directory: Directory, path: string): Uint8Array {
  const bytes = directory.file(path);
  if (!bytes) throw malformed('A file of the model is missing.', path);
  return bytes;
}
